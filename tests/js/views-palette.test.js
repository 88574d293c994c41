/**
 * The palettes: monotone, centred, and told apart by those who see fewer colours.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  build, companded, contrast, css, ENTRIES, entry, linear, luminance, NOUGHT, parse, STOPS, toLab,
} from "../../static/js/core/palette.js";

/**
 * Dichromats' view in linear light: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A
 * physiologically-based model for simulation of color vision deficiency" (2009), severity 1.
 */
const SIGHTS = {
  "all colours": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [
    [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039],
  ],
};

/**
 * How far apart the ends of a palette must look, in OKLab, where 0.02 is just noticed. Tritanopes
 * see magenta and olive nearer to each other than any other pair here.
 */
const CLEARLY = { diverging: 0.2, gradient: 0.12 };

const source = readFileSync(new URL("../../static/css/tokens.css", import.meta.url), "utf8");

function token(name, theme) {
  const found = source.match(new RegExp(`--${name}:\\s*([^;]+);`));
  assert.ok(found, `tokens.css has no --${name}`);
  const both = found[1].match(/#[0-9a-f]{6}/g);
  return parse(both[theme === "dark" ? both.length - 1 : 0]);
}

function palette(name, theme) {
  const { below, nought, above } = STOPS[name];
  const ramp = (stops) => [nought, ...stops].map((stop) => token(stop, theme));
  return build(ramp(below), ramp(above), {
    inks: [token("ink", theme), token("surface", theme)],
    blank: token("sunken", theme),
    hatch: token("ink-soft", theme),
  });
}

const colourAt = (table, i) => [0, 8, 16].map((shift) => (table.pixels[i] >> shift) & 255);

function seen(colour, sight) {
  const light = colour.map(linear);
  return SIGHTS[sight].map((row) => companded(row.reduce((sum, w, i) => sum + w * light[i], 0)));
}

const apart = (one, other) => Math.hypot(...toLab(one).map((x, i) => x - toLab(other)[i]));

for (const theme of ["light", "dark"]) {
  for (const sight of Object.keys(SIGHTS)) {
    for (const name of ["diverging", "gradient"]) {
      test(`${name}, ${theme}: both signs are told apart with ${sight}`, () => {
        const table = palette(name, theme);
        for (const share of [1, 0.5]) {
          const one = seen(colourAt(table, NOUGHT + share * NOUGHT), sight);
          const other = seen(colourAt(table, NOUGHT - share * NOUGHT), sight);
          const far = apart(one, other);
          assert.ok(far > share * CLEARLY[name], `at ${share} of the range: ${far.toFixed(3)}`);
        }
      });
    }

    for (const name of ["sequential", "grey", "diverging", "gradient"]) {
      test(`${name}, ${theme}: luminance runs one way from nought outwards with ${sight}`, () => {
        const table = palette(name, theme);
        const sides = [Array.from({ length: NOUGHT + 1 }, (_, i) => NOUGHT + i)];
        if (name !== "sequential" && name !== "grey") sides.push(sides[0].map((i) => 2 * NOUGHT - i));
        for (const side of sides) {
          const lights = side.map((i) => luminance(seen(colourAt(table, i), sight)));
          const way = Math.sign(lights.at(-1) - lights[0]);
          for (let i = 8; i < lights.length; i += 8) {
            assert.ok(way * (lights[i] - lights[i - 8]) > 0, `at ${side[i]} of ${ENTRIES}`);
          }
        }
      });
    }
  }

  for (const name of Object.keys(STOPS)) {
    test(`${name}, ${theme}: a number is legible on each of its colours`, () => {
      const table = palette(name, theme);
      for (let i = 0; i < ENTRIES; i++) {
        const ratio = contrast(colourAt(table, i), parse(table.inkColours[table.inks[i]]));
        assert.ok(ratio >= 4.45, `entry ${i}: ${ratio.toFixed(2)}`);
      }
    });

    test(`${name}, ${theme}: nought has exactly its token's colour`, () => {
      const nought = token(STOPS[name].nought, theme);
      const drawn = colourAt(palette(name, theme), entry(0, 1));
      drawn.forEach((channel, i) => assert.ok(Math.abs(channel - nought[i]) <= 1, css(drawn)));
    });
  }
}

test("the ends of a palette are the colours of its tokens", () => {
  const table = palette("diverging", "light");
  for (const [value, name] of [[1, "diverging-positive"], [-1, "diverging-negative"]]) {
    assert.ok(apart(colourAt(table, entry(value, 1)), token(name, "light")) < 0.005, name);
  }
});

test("values beyond the range keep the end's colour", () => {
  assert.equal(entry(7, 2), ENTRIES - 1);
  assert.equal(entry(-7, 2), 0);
  assert.equal(entry(0.5, 1), NOUGHT + NOUGHT / 2);
});
