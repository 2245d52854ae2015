// The default theme with the fonts of the reader's system, and what style.css changes. Guarantee: pictures that are there in light and dark follow the site's switch, not only the reader's system.
import { useData, useRoute } from "vitepress";
import theme from "vitepress/theme-without-fonts";
import { nextTick, onMounted, watch } from "vue";
import "./style.css";

export default {
  extends: theme,
  setup(): void {
    const { isDark } = useData();
    const route = useRoute();
    const light = (): void => {
      for (const source of document.querySelectorAll<HTMLSourceElement>("picture source"))
        source.media = isDark.value ? "all" : "not all";
    };
    onMounted(() => {
      watch([isDark, () => route.path], () => void nextTick(light), { immediate: true });
    });
  },
};
