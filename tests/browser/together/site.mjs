// A website of its own: pages on another origin than the program's, each with the widget of one domain.
import { once } from "node:events";
import { createServer } from "node:http";

const plain = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.codePointAt(0)};`);

/** Words as a title: `copper-kettle` is "Copper kettle". */
function titled(path) {
  const words = path.split("/").at(-1).replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export class Site {
  async listen() {
    this.server = createServer((request, response) => this.answer(request, response));
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  /** `/DOMAIN/any/page` is a page of that domain's website. */
  answer(request, response) {
    const path = decodeURIComponent(new URL(request.url, this.origin).pathname);
    const [, domain, ...rest] = path.split("/");
    if (rest.length === 0) return response.writeHead(404).end();
    const title = plain(titled(rest.join("/")));
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(
      `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>${title}</title><h1>${title}</h1>` +
        `<script src="${this.widget}/widget.js" data-domain="${plain(domain)}" async></script></html>`,
    );
  }

  async close() {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }
}
