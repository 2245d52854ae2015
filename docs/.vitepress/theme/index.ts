// The default theme with the fonts of the reader's system, and what style.css changes.
import theme from "vitepress/theme-without-fonts";
import "./style.css";

export default theme;
