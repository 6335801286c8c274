// The line that a hand draws around points, thinned to what a link can hold.

const MOST_CORNERS = 48;
const FEWEST_CORNERS = 3;

/** Keep at most MOST_CORNERS corners, evenly along the line; null where it encloses nothing. */
export function thinned(line) {
  if (line.length < FEWEST_CORNERS) return null;
  if (line.length <= MOST_CORNERS) return line;
  const step = (line.length - 1) / (MOST_CORNERS - 1);
  return Array.from({ length: MOST_CORNERS }, (_, index) => line[Math.round(index * step)]);
}

/** Index of the shown point nearest to `at` within `reach`, all in data; -1 where none is. */
export function nearest(points, shown, at, reach) {
  let found = -1;
  let least = reach * reach;
  for (let index = 0; index < shown.length; index += 1) {
    if (!shown[index]) continue;
    const dx = points[2 * index] - at[0];
    const dy = points[2 * index + 1] - at[1];
    const distance = dx * dx + dy * dy;
    if (distance < least) [found, least] = [index, distance];
  }
  return found;
}
