// A WebSocket that a test holds the other end of.

import type { ClientFrame, ServerFrame } from "../../api/types";

export class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readonly sent: ClientFrame[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: ((event: object) => void) | null = null;

  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }

  static get last(): FakeSocket {
    const socket = FakeSocket.made.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    this.readyState = 3;
  }

  /** The server accepts. */
  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }

  hear(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  ready(): void {
    this.open();
    this.hear({ type: "ready", presence: { online: true }, conversation: null, after: 0 });
  }

  end(code: number): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}
