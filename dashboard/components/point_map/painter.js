// Paints points: by WebGL 2, or on a plain canvas where there is none.

const RING = 1, CROSS = 2;
/** Shapes of points besides 0, the disc; 3 is the square. */
const SHAPED = 1.8;
/** How much larger than a disc they are, to be told apart. */

const VERTEX = `#version 300 es
in vec2 place; in vec4 colour; in float shape;
uniform vec2 centre, scale; uniform float size;
out vec4 shade; flat out float kind;
void main() {
  gl_Position = vec4((place - centre) * scale, 0.0, 1.0);
  gl_PointSize = shape > 0.5 ? size * SHAPED : size;
  shade = colour;
  kind = shape;
}`.replace("SHAPED", SHAPED.toFixed(1));
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 shade; flat in float kind; out vec4 pixel;
void main() {
  vec2 at = gl_PointCoord - 0.5;
  float away = length(at), edge = max(abs(at.x), abs(at.y));
  float cover = 1.0 - smoothstep(0.38, 0.5, away);
  if (kind > 2.5) cover = 1.0 - smoothstep(0.32, 0.42, edge);
  else if (kind > 1.5) {
    float aside = min(abs(at.x - at.y), abs(at.x + at.y));
    cover = (1.0 - smoothstep(0.14, 0.26, aside)) * (1.0 - smoothstep(0.4, 0.5, edge));
  } else if (kind > 0.5) cover *= smoothstep(0.14, 0.26, away);
  pixel = vec4(shade.rgb, 1.0) * shade.a * cover;
}`;

export function openPainter(canvas) {
  const gl = canvas.getContext("webgl2", { premultipliedAlpha: true, antialias: false });
  return gl ? new GpuPainter(gl) : new PlainPainter(canvas);
}

class GpuPainter {
  constructor(gl) {
    this.gl = gl;
    this.program = linked(gl);
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.order = gl.createBuffer();
    this.count = 0;
  }

  setPoints(points) {
    this.#attribute("place", points, 2, this.gl.FLOAT, false);
  }

  setColours(colours, order, shapes) {
    const { gl } = this;
    this.#attribute("colour", colours, 4, gl.UNSIGNED_BYTE, true);
    this.#attribute("shape", shapes, 1, gl.UNSIGNED_BYTE, false);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.order);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, order, gl.DYNAMIC_DRAW);
    this.count = order.length;
  }

  /** `size` is a point's diameter in the canvas' own pixels. */
  paint(view, size, ratio) {
    const { gl, program } = this;
    gl.viewport(0, 0, gl.canvas.width, gl.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(gl.getUniformLocation(program, "centre"), view.x, view.y);
    const scale = 2 * view.scale;
    gl.uniform2f(gl.getUniformLocation(program, "scale"), scale / view.width, scale / view.height);
    gl.uniform1f(gl.getUniformLocation(program, "size"), size * ratio);
    gl.drawElements(gl.POINTS, this.count, gl.UNSIGNED_INT, 0);
  }

  dispose() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  #attribute(name, values, width, type, normalized) {
    const { gl } = this;
    this[name] ??= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    const location = gl.getAttribLocation(this.program, name);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, width, type, normalized, 0, 0);
  }
}

class PlainPainter {
  constructor(canvas) {
    this.context = canvas.getContext("2d");
  }

  setPoints(points) {
    this.points = points;
  }

  setColours(colours, order, shapes) {
    Object.assign(this, { colours, order, shapes });
  }

  paint(view, size, ratio) {
    const { context, points, colours } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    for (const index of this.order) {
      const [x, y] = view.toScreen([points[2 * index], points[2 * index + 1]]);
      const [red, green, blue, alpha] = colours.subarray(4 * index, 4 * index + 4);
      context.fillStyle = context.strokeStyle = `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
      this.#draw(this.shapes[index], x, y, this.shapes[index] ? size * SHAPED : size);
    }
  }

  #draw(shape, x, y, size) {
    const { context } = this;
    const half = size / 2;
    context.lineWidth = size / 4;
    context.beginPath();
    if (shape === RING) context.arc(x, y, half - size / 8, 0, 2 * Math.PI);
    else if (shape === CROSS) {
      for (const side of [-half, half]) {
        context.moveTo(x - side, y - half);
        context.lineTo(x + side, y + half);
      }
    } else context.fillRect(x - half, y - half, size, size);
    context.stroke();
  }

  dispose() {}
}

function linked(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
  return program;
}
