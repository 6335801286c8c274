// The composite on the graphics processor: the same sum as composite.js, for all images at once.
//
// Planes go up once, as one layer a channel of every image; a change of the mixer sends only the
// level tables, 256 colours a channel. Where WebGL 2 is missing, or a graphics card is,
// `paintImages` paints: a processor that plays a card takes some six times as long as plain code
// on it (benchmarks/gallery.py).

import { LEVELS, STEPS, levelTables } from "./composite.js";
import { CHANNELS } from "./mixer_state.js";
import { paintImages } from "./shown_image.js";

const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const FORCED_KEY = "hpa-painter"; // "webgl" or "canvas" in the browser's store: for tests.

// One square an image, in a grid; all coordinates are whole pixels.
const VERTEX = `#version 300 es
uniform ivec3 grid; // columns, rows, pixels a side
flat out int image;
out vec2 place;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  image = gl_InstanceID;
  vec2 cell = vec2(image % grid.x, image / grid.x);
  vec2 at = 2.0 * (cell + corner) / vec2(grid.xy) - 1.0;
  gl_Position = vec4(at.x, -at.y, 0, 1);
  place = corner * float(grid.z);
}`;
// The alpha of a table's first colour says whether the image is inverted.
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2DArray;
uniform usampler2DArray planes;
uniform highp sampler2D tables;
flat in int image;
in vec2 place;
out vec4 color;
void main() {
  vec3 sum = vec3(0);
  for (int channel = 0; channel < 4; channel += 1) {
    int layer = image * 4 + channel;
    int level = int(texelFetch(planes, ivec3(ivec2(place), layer), 0).r);
    sum += texelFetch(tables, ivec2(level, layer), 0).rgb;
  }
  vec3 shown = floor(min(sum, 255.0) + 0.5);
  bool inverted = texelFetch(tables, ivec2(0, image * 4), 0).a > 0.5;
  color = vec4((inverted ? 255.0 - shown : shown) / 255.0, 1);
}`;

/** Return `{paint, close, name}`: WebGL where the machine has a graphics card, else the canvas. */
export function makePainter() {
  const forced = forcedPainter();
  if (forced === "canvas") return PLAIN;
  const gl = document.createElement("canvas").getContext("webgl2", {
    alpha: false,
    antialias: false,
    depth: false,
    failIfMajorPerformanceCaveat: forced !== "webgl",
  });
  return gl && (forced || !isSoftware(gl)) ? new GlPainter(gl) : PLAIN;
}

const PLAIN = { name: "canvas", paint: paintImages, close: () => {} };

function isSoftware(gl) {
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const renderer = gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  return SOFTWARE.test(renderer);
}

function forcedPainter() {
  try {
    return window.localStorage.getItem(FORCED_KEY);
  } catch (error) {
    if (error instanceof DOMException) return null; // The browser forbids its store.
    throw error;
  }
}

class GlPainter {
  constructor(gl) {
    this.name = "webgl";
    this.gl = gl;
    this.paint = this.paint.bind(this);
    this.prepare();
    // A browser gives a lost context back to whoever says that it is wanted; `paintImages` until then.
    gl.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    gl.canvas.addEventListener("webglcontextrestored", () => this.prepare());
  }

  prepare() {
    const { gl } = this;
    Object.assign(this, { loaded: [], planes: null, tables: null });
    this.program = link(gl);
    gl.useProgram(this.program);
    gl.uniform1i(gl.getUniformLocation(this.program, "planes"), 0);
    gl.uniform1i(gl.getUniformLocation(this.program, "tables"), 1);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  }

  /** Do as `paintImages`, always all of an image; that does it where these are beyond the machine. */
  paint(images, mixers, contexts, part = null) {
    if (!images.length) return null;
    if (!this.fits(images)) return paintImages(images, mixers, contexts, part);
    const { canvas } = this.gl;
    if (!sameItems(images, this.loaded)) this.load(images);
    this.sendTables(images, mixers);
    this.gl.drawArraysInstanced(this.gl.TRIANGLE_STRIP, 0, 4, images.length);
    const { columns, size } = this;
    contexts.forEach((context, at) => {
      const [left, top] = [(at % columns) * size, Math.floor(at / columns) * size];
      context.drawImage(canvas, left, top, size, size, 0, 0, size, size);
    });
    return null;
  }

  fits(images) {
    const { gl } = this;
    if (gl.isContextLost()) return false; // It answers no question any more.
    const [{ size }] = images;
    const side = Math.ceil(Math.sqrt(images.length)) * size;
    const [width, height] = gl.getParameter(gl.MAX_VIEWPORT_DIMS);
    return (
      images.every((image) => image.size === size) &&
      images.length * CHANNELS.length <= gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS) &&
      size <= gl.getParameter(gl.MAX_TEXTURE_SIZE) &&
      side <= Math.min(width, height)
    );
  }

  load(images) {
    const { gl } = this;
    const { size } = images[0];
    const columns = Math.ceil(Math.sqrt(images.length));
    const rows = Math.ceil(images.length / columns);
    Object.assign(this, { loaded: images, size, columns });
    gl.canvas.width = columns * size;
    gl.canvas.height = rows * size;
    gl.viewport(0, 0, gl.canvas.width, gl.canvas.height);
    gl.uniform3i(gl.getUniformLocation(this.program, "grid"), columns, rows, size);
    this.planes = this.texture(this.planes, gl.TEXTURE0, gl.TEXTURE_2D_ARRAY);
    const layers = CHANNELS.length;
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R8UI, size, size, layers * images.length);
    images.forEach(({ planes }, at) => {
      const box = [0, 0, at * layers, size, size, layers];
      const kind = [gl.RED_INTEGER, gl.UNSIGNED_BYTE];
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, ...box, ...kind, planes);
    });
    this.tables = this.texture(this.tables, gl.TEXTURE1, gl.TEXTURE_2D);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA32F, LEVELS, layers * images.length);
    this.colors = new Float32Array(LEVELS * layers * images.length * 4);
  }

  /** A new texture in the place of `old`, which is given back: memory does not grow with pages. */
  texture(old, unit, kind) {
    const { gl } = this;
    gl.deleteTexture(old);
    const texture = gl.createTexture();
    gl.activeTexture(unit);
    gl.bindTexture(kind, texture);
    gl.texParameteri(kind, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(kind, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    return texture;
  }

  sendTables(images, mixers) {
    const { gl, colors } = this;
    let at = 0;
    images.forEach((image, index) => {
      const inverted = mixers[index].inverted ? 1 : 0;
      for (const table of levelTables(image.channels(mixers[index]))) {
        for (let from = 0; from < table.length; from += 3, at += 4) {
          colors[at] = table[from] / STEPS;
          colors[at + 1] = table[from + 1] / STEPS;
          colors[at + 2] = table[from + 2] / STEPS;
          colors[at + 3] = inverted;
        }
      }
    });
    gl.activeTexture(gl.TEXTURE1);
    const rows = colors.length / LEVELS / 4;
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, LEVELS, rows, gl.RGBA, gl.FLOAT, colors);
  }

  /** Give the graphics memory back; a browser has room for few such contexts. */
  close() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

function link(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  const linked = gl.getProgramParameter(program, gl.LINK_STATUS);
  if (!linked) throw new Error(gl.getProgramInfoLog(program));
  return program;
}

function sameItems(one, other) {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}
