"""Components v2: plain JavaScript and CSS beside the function that mounts them."""
