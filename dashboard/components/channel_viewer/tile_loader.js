// Fetches packed images: per sample four planes of S * S bytes, in the order of CHANNELS.

const HEADER_BYTES = 8;
const UNANSWERED = "The server did not answer. Look whether the dashboard is still running.";
const KEPT_IMAGES = 12;
const KEPT_PAGES = 3; // The one before, the one shown, the one to come.

/** Split a body of the tiles route into `{size, planes}` per sample, without copying. */
export function unpackTiles(buffer) {
  const [count, size] = new Uint32Array(buffer, 0, 2);
  const bytes = 4 * size * size;
  if (buffer.byteLength !== HEADER_BYTES + count * bytes) {
    throw new Error("The images did not arrive whole; reload the page.");
  }
  return Array.from({ length: count }, (_, index) => ({
    size,
    planes: new Uint8Array(buffer, HEADER_BYTES + index * bytes, bytes),
  }));
}

/** Fetch some rows. `address` is relative to the page, `kind` is thumbnails or images. */
export async function fetchTiles(address, kind, rows, signal) {
  const url = new URL(`${address}/${kind}?rows=${rows.join(",")}`, document.baseURI);
  return unpackTiles(await bytesAt(url, signal));
}

/** The bytes at `url`, or an error with a sentence for who waits for them. */
async function bytesAt(url, signal) {
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return await response.arrayBuffer();
    throw new Error(await refusal(response));
  } catch (error) {
    if (error instanceof TypeError) throw new Error(UNANSWERED); // What browsers say is no sentence.
    throw error;
  }
}

/** Our server refuses in a sentence; what stands between it and the browser sends a page. */
async function refusal(response) {
  const told = await response.text();
  const page = response.headers.get("content-type")?.includes("html");
  return told && !page ? told : `The server answered with error ${response.status}.`;
}

/** Thumbnails of whole pages; those of the next page are there before it is turned. */
export class PageLoader {
  constructor() {
    this.pages = new Map();
  }

  /** Do as `fetchTiles`; a page that was asked for already is not asked for again. */
  fetch(address, kind, rows, signal) {
    const key = `${address} ${kind} ${rows.join(",")}`;
    const known = this.pages.get(key);
    const page = known ?? fetchTiles(address, kind, rows, signal);
    this.pages.delete(key);
    this.pages.set(key, page);
    if (!known) page.catch(() => this.pages.delete(key));
    for (const oldest of [...this.pages.keys()].slice(0, -KEPT_PAGES)) this.pages.delete(oldest);
    return page;
  }
}

/** Full images by row; the last few stay, and a row is asked for once. */
export class ImageLoader {
  constructor(address) {
    this.address = address;
    this.images = new Map();
  }

  /** A promise of `{size, planes}`. A failed request is forgotten and may be tried again. */
  load(row) {
    const known = this.images.get(row);
    const image = known ?? fetchTiles(this.address, "images", [row]).then(([tile]) => tile);
    this.images.delete(row);
    this.images.set(row, image);
    if (!known) image.catch(() => this.images.delete(row));
    for (const oldest of [...this.images.keys()].slice(0, -KEPT_IMAGES)) this.images.delete(oldest);
    return image;
  }
}
