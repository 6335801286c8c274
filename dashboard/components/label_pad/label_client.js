// Speaks to the labels route. Every request names its annotator by the ticket the page was given.

import { RefusedError, StrangerError } from "./outbox.js";

export class LabelClient {
  /** `address` is relative to the page; `ticket` may be renewed by a later rerun of it. */
  constructor(address) {
    this.address = address;
    this.ticket = "";
  }

  /** Post `body` to a path under the address and give the answer, as JSON both ways. */
  async post(path, body) {
    const response = await fetch(new URL(`${this.address}/${path}`, document.baseURI), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-HPA-Annotator": this.ticket },
      body: JSON.stringify(body),
    }).catch(() => {
      throw new Error("the dashboard does not answer.");
    });
    if (response.ok) return response.json();
    const sentence = await response.text();
    if (response.status === 403) throw new StrangerError(sentence);
    if (response.status >= 500) throw new Error(sentence);
    throw new RefusedError(sentence);
  }
}
