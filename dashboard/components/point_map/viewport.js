// Where the plane lies on the screen. Data run from -1 to 1 upwards, pixels from the top left.

const MARGIN = 0.95;
const FARTHEST = 0.5;
const NEAREST = 400;

export class Viewport {
  constructor(width = 1, height = 1) {
    Object.assign(this, { width, height });
    this.reset();
  }

  reset() {
    Object.assign(this, { zoom: 1, x: 0, y: 0 });
  }

  /** Pixels a unit of data. */
  get scale() {
    return (Math.min(this.width, this.height) / 2) * MARGIN * this.zoom;
  }

  toScreen([x, y]) {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 - (y - this.y) * this.scale];
  }

  toData([px, py]) {
    return [this.x + (px - this.width / 2) / this.scale, this.y - (py - this.height / 2) / this.scale];
  }

  /** Zoom by a factor; the data under the pixel stay under it. */
  zoomAt(pixel, factor) {
    const [x, y] = this.toData(pixel);
    this.zoom = Math.min(Math.max(this.zoom * factor, FARTHEST), NEAREST);
    const [movedX, movedY] = this.toData(pixel);
    this.x += x - movedX;
    this.y += y - movedY;
  }

  /** Move the plane by pixels. */
  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
  }
}
