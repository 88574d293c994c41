/**
 * The exhibit contract on the browser's side, and the loader.
 *
 * @import {ExhibitModule} from "./types.js"
 */

/**
 * Load an exhibit's module by its slug; the browser keeps no list.
 *
 * @param {string} slug
 * @returns {Promise<ExhibitModule>}
 * @throws {Error}  when the module is missing, broken or not an exhibit
 */
export async function loadExhibit(slug) {
  if (!/^[a-z0-9-]+$/.test(slug)) {
    throw new Error(`exhibit: expected a slug of letters, digits and dashes, got "${slug}"`);
  }
  const module = await import(`../exhibits/${slug}.js`);
  const exhibit = module.default;
  const watches = exhibit?.watch === null || Array.isArray(exhibit?.watch);
  if (!watches || typeof exhibit?.mount !== "function") {
    throw new Error(`exhibits/${slug}.js: expected a default export { watch, mount }`);
  }
  return exhibit;
}
