// The files beside docs/, as pages of the site.
import { neighbours } from "../.vitepress/pages.ts";

export default { paths: () => neighbours.map(({ page, text }) => ({ params: { page }, content: text })) };
