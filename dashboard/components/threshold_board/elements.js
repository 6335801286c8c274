// Small pieces of DOM. Text goes in as text nodes only, never as markup.

/** Make an element; `children` may be strings or nodes. */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Make an SVG element. */
export function vector(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** A text node that is written only when its text changes. */
export class Text {
  constructor(text = "") {
    this.node = document.createTextNode(text);
  }

  set(text) {
    if (this.node.data !== text) this.node.data = text;
  }
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}
