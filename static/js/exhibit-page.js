/**
 * Starts an exhibit's page: connects the shell with the page's run, loads the exhibit's module by
 * its slug, and names what fails.
 */

import { Announcer } from "./core/announce.js";
import { one } from "./core/dom.js";
import { loadExhibit } from "./core/exhibit.js";
import { listenToKeys } from "./core/keys.js";
import { Links } from "./core/links.js";
import { speakOf } from "./core/names.js";
import { Page } from "./core/page.js";
import { followSystem } from "./core/theme.js";
import { CodeButton } from "./views/code-button.js";
import { ControlsPanel } from "./views/controls-panel.js";
import { ExportMenu } from "./views/export-menu.js";
import { KeysDialog } from "./views/keys-dialog.js";
import { LessonBeats } from "./views/lesson-beats.js";
import { NumberLedger } from "./views/number-ledger.js";
import { PredictQuestion } from "./views/predict-question.js";
import { ShareButton } from "./views/share-button.js";
import { StageNotices } from "./views/stage-notices.js";
import { TransportBar } from "./views/transport-bar.js";
import "./views/theme-menu.js";

const CONNECTED = [
  CodeButton,
  ControlsPanel,
  ExportMenu,
  LessonBeats,
  NumberLedger,
  PredictQuestion,
  ShareButton,
  StageNotices,
  TransportBar,
];

/** @returns {Page} */
function openPage() {
  const region = one(document, "[data-announcer]", HTMLElement);
  const page = new Page(
    document.body.dataset.slug ?? "",
    new Announcer(region),
    new Links(document),
  );
  for (const each of document.querySelectorAll("*")) {
    const view = CONNECTED.find((View) => each instanceof View);
    if (view) /** @type {InstanceType<typeof CONNECTED[number]>} */ (each).connect(page);
  }
  page.onEvent("welcome", ({ exhibit }) => speakOf(exhibit.hall));
  followSystem();
  document.addEventListener("theme-change", () => page.invalidate());
  connectKeys(page);
  connectPicks(page);
  connectLines(page);
  connectSlowMotion(page);
  return page;
}

/** @param {Page} page */
function connectKeys(page) {
  const transport = one(document, "transport-bar", TransportBar);
  const keys = one(document, "keys-dialog", KeysDialog);
  listenToKeys((action) => {
    if (action === "help") keys.open();
    else if (action === "leave") page.walkBack();
    else if (action === "why") page.enterLedger();
    else transport.perform(action);
  });
}

/**
 * Whatever view a number is picked in, its ledger opens.
 *
 * @param {Page} page
 */
function connectPicks(page) {
  document.addEventListener("cell-pick", (event) => {
    const { tensor, index, value, label } = /** @type {CustomEvent} */ (event).detail;
    page.pick(tensor, index, value, label);
  });
}

/**
 * Runs side by side: their rows above the transport once there is more than one, and the ghosts
 * in every chart.
 *
 * @param {Page} page
 */
function connectLines(page) {
  /** @type {Promise<void> | null} */
  let shown = null;
  const ghosts = () => {
    for (const chart of document.querySelectorAll("line-chart")) {
      /** @type {import("./views/line-chart.js").LineChart} */ (chart).accompany?.(page.lines.ghosts);
    }
  };
  page.onEvent("welcome", ghosts);
  page.onEvent("lines", () => {
    ghosts();
    shown ??= import("./views/run-lines.js").then(({ RunLines }) => {
      const rows = new RunLines();
      one(document, "transport-bar", TransportBar).before(rows);
      rows.connect(page);
    });
  });
}

/**
 * What shows the moments of a step is loaded when somebody first wants to see them.
 *
 * @param {Page} page
 */
function connectSlowMotion(page) {
  let asked = false;
  const load = async () => {
    if (asked || !page.slow.on) return;
    asked = true;
    const { MomentCaption } = await import("./views/moment-caption.js");
    const stage = one(document, "[data-stage]", HTMLElement);
    const caption = new MomentCaption();
    stage.before(caption);
    caption.connect(page, stage);
  };
  page.onEvent("slow", load);
  page.onEvent("welcome", load);
}

/** @param {Page} page */
async function openExhibit(page) {
  const notices = one(document, "stage-notices", StageNotices);
  const stage = one(document, "[data-stage]", HTMLElement);
  if (!document.createElement("canvas").getContext("2d")) {
    notices.fail("No canvas", "This browser cannot draw on a canvas, on which the tensors stand.");
    return;
  }
  try {
    const exhibit = await loadExhibit(page.slug);
    const view = exhibit.mount(stage, page);
    let broken = false;
    page.onPaint((frame) => {
      try {
        view.paint(frame);
      } catch (error) {
        if (broken) return; // it has been said; the rest of the page goes on
        broken = true;
        console.error(error);
        notices.fail("The picture could not be drawn", `${error}. Reload the page to try again.`);
      }
    });
    page.onEvent("event", (event) => view.event?.(event));
    page.onEvent("painted", hideIntro);
    await page.open(exhibit.watch);
  } catch (error) {
    console.error(error);
    notices.fail("The exhibit could not be loaded", `${error}. Reload the page to try again.`);
  }
}

/** The stage speaks for itself from the first picture on. */
function hideIntro() {
  one(document, "[data-intro]", HTMLElement).hidden = true;
}

void openExhibit(openPage());
