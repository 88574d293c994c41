/** <theme-menu>: automatic, light, dark, or for a projector; remembered. */

import { element, icon, uniqueId } from "../core/dom.js";
import { setTheme, theme, THEMES } from "../core/theme.js";

const NAMES = { auto: "Auto", light: "Light", dark: "Dark", projector: "Projector" };

export class ThemeMenu extends HTMLElement {
  connectedCallback() {
    const id = uniqueId("theme");
    const select = element(
      "select",
      { id, title: "Theme" },
      ...THEMES.map((name) => new Option(NAMES[name], name, false, name === theme())),
    );
    select.addEventListener("change", () => {
      const chosen = THEMES[select.selectedIndex];
      setTheme(chosen);
    });
    const label = element("label", { for: id, class: "visually-hidden" }, "Theme");
    this.replaceChildren(label, element("span", { class: "picker" }, icon("theme"), select));
  }
}

customElements.define("theme-menu", ThemeMenu);
