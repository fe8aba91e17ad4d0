/**
 * A text in which control characters and marks that change the writing direction can be read, and change nothing, as on a
 * terminal (`printable`). Lines and tabs stay.
 *
 * @param {string} text
 */
export const plain = (text) =>
  text.replace(
    /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * An element with its properties, its attributes (a name with a dash, or `role`) and its children; strings become text and nothing else, as by {@link plain}.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} [properties]
 * @param {readonly (Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export const element = (tag, properties = {}, children = []) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role' || name === 'scope') made.setAttribute(name, `${value}`);
    else Reflect.set(made, name, name === 'textContent' ? plain(`${value}`) : value);
  }
  made.append(...children.map((child) => (typeof child === 'string' ? plain(child) : child)));
  return made;
};

/**
 * The element with an id. Throws if page.html has none of this type.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export const byId = (id, type) => {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${type.name} #${id}`);
};

/** The mark of a result, as a picture next to its name. @param {import('../marks.js').Mark} mark */
export const glyph = ({ path, tone }) => {
  const space = 'http://www.w3.org/2000/svg';
  const picture = document.createElementNS(space, 'svg');
  const shape = document.createElementNS(space, 'path');
  shape.setAttribute('d', path);
  shape.setAttribute('fill-rule', 'evenodd');
  picture.setAttribute('viewBox', '-7 -7 14 14');
  picture.setAttribute('class', `glyph tone-${tone}`);
  picture.setAttribute('aria-hidden', 'true');
  picture.append(shape);
  return picture;
};
