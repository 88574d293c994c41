import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { Socket } from "../../static/js/core/socket.js";

/** @type {FakeWebSocket[]} */
let opened = [];

class FakeWebSocket extends EventTarget {
  readyState = 0;
  /** @type {object[]} */
  sent = [];

  /** @param {string} url @param {string} protocol */
  constructor(url, protocol) {
    super();
    Object.assign(this, { url, protocol });
    opened.push(this);
  }

  accept() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  /** @param {string | ArrayBuffer} data */
  receive(data) {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  /** @param {number} code @param {string} [reason] */
  end(code, reason = "") {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
  }

  /** @param {number} code */
  close(code = 1005) {
    this.end(code);
  }
}

beforeEach(() => {
  opened = [];
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  let now = 0;
  mock.method(performance, "now", () => now);
  globalThis.WebSocket = /** @type {any} */ (FakeWebSocket);
  globalThis.pass = (ms) => {
    for (let i = 0; i < ms; i += 100) {
      now += 100;
      mock.timers.tick(100);
    }
  };
});

afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

function connection() {
  /** @type {object[]} */ const states = [];
  /** @type {object[]} */ const messages = [];
  const socket = new Socket(
    "ws://here/ws/digits",
    {
      greet: () => [{ kind: "hello", version: 1 }],
      onMessage: (message) => messages.push(message),
      onFrame: () => {
        throw new Error("a frame from another world");
      },
      onState: (state) => states.push(state),
    },
    () => 0.5,
  );
  return { socket, states, messages };
}

/** @param {object[]} states */
const last = (states) => states.at(-1);

test("it asks for the subprotocol and says hello first", () => {
  const { socket } = connection();
  socket.open();
  assert.equal(opened[0].protocol, "perceptarium.v1");
  opened[0].accept();
  assert.deepEqual(opened[0].sent, [{ kind: "hello", version: 1 }]);
});

test("nothing is sent before the line is open or after it is lost", () => {
  const { socket } = connection();
  assert.equal(socket.send({ kind: "pause" }), false);
  socket.open();
  assert.equal(socket.send({ kind: "pause" }), false);
  opened[0].accept();
  assert.equal(socket.send({ kind: "pause" }), true);
  opened[0].end(1006);
  assert.equal(socket.send({ kind: "pause" }), false);
});

test("it tries again after pauses that grow up to a ceiling", () => {
  const { socket, states } = connection();
  socket.open();
  const pauses = [];
  for (let i = 0; i < 9; i++) {
    opened.at(-1)?.end(1006);
    const { state, seconds } = last(states);
    assert.equal(state, "waiting");
    pauses.push(seconds);
    pass(seconds * 1000 + 100);
    assert.equal(opened.length, i + 2);
  }
  assert.ok(pauses[1] > pauses[0] && pauses[2] > pauses[1]);
  assert.ok(Math.max(...pauses) <= 15);
});

test("the pauses are jittered, so that a hundred pages do not come back at once", () => {
  const seconds = new Set();
  for (const chance of [0, 0.3, 0.9]) {
    const states = [];
    const handlers = { greet: () => [], onMessage() {}, onFrame() {}, onState: (s) => states.push(s) };
    new Socket("ws://here", handlers, () => chance).open();
    opened.at(-1)?.end(1006);
    seconds.add(last(states).seconds);
  }
  assert.equal(seconds.size, 3);
});

test("after a welcome the next loss starts from the shortest pause", () => {
  const { socket, states } = connection();
  socket.open();
  for (let i = 0; i < 5; i++) {
    opened.at(-1)?.end(1006);
    pass(16_000);
  }
  opened.at(-1)?.accept();
  socket.settled();
  assert.deepEqual(last(states), { state: "open" });
  opened.at(-1)?.end(1006);
  assert.ok(last(states).seconds < 0.6);
});

for (const code of [1002, 1003, 1008, 1009]) {
  test(`a socket closed with ${code} is not tried again, and says why`, () => {
    const { socket, states } = connection();
    socket.open();
    opened[0].accept();
    opened[0].end(code, "Too many messages");
    assert.deepEqual(last(states), { state: "failed", text: "Too many messages" });
    pass(60_000);
    assert.equal(opened.length, 1);
  });
}

for (const code of [1001, 1006, 1011, 1012, 1013]) {
  test(`a socket closed with ${code} is tried again`, () => {
    const { socket } = connection();
    socket.open();
    opened[0].accept();
    opened[0].end(code);
    pass(2000);
    assert.equal(opened.length, 2);
  });
}

test("a fatal error is not tried again, until somebody asks for it", () => {
  const { socket, states } = connection();
  socket.open();
  opened[0].accept();
  socket.fail("There is no room");
  assert.deepEqual(last(states), { state: "failed", text: "There is no room" });
  pass(60_000);
  assert.equal(opened.length, 1);
  socket.open();
  assert.equal(opened.length, 2);
});

test("what cannot be read ends the connection with a word about it", (t) => {
  t.mock.method(console, "error", () => {});
  for (const data of [new ArrayBuffer(8), "no JSON"]) {
    const { socket, states } = connection();
    socket.open();
    opened.at(-1)?.accept();
    opened.at(-1)?.receive(data);
    assert.equal(last(states).state, "failed");
    assert.match(last(states).text, /cannot read/);
  }
});

test("trying now cuts the pause short and leaves one connection", () => {
  const { socket } = connection();
  socket.open();
  opened[0].end(1006);
  socket.open();
  socket.open();
  pass(60_000);
  assert.equal(opened.length, 2);
});

test("a silent line is asked once and then given up", () => {
  const { socket, states } = connection();
  socket.open();
  opened[0].accept();
  socket.settled();
  pass(12_000);
  assert.equal(opened[0].sent.at(-1).kind, "ping");
  pass(15_000);
  assert.ok(opened.length > 1, JSON.stringify(states));
  assert.equal(opened[0].readyState, 3);
});

test("a line that answers is kept", () => {
  const { socket } = connection();
  socket.open();
  opened[0].accept();
  socket.settled();
  for (let i = 0; i < 10; i++) {
    pass(9000);
    opened[0].receive('{"kind":"pong","t":1}');
  }
  assert.equal(opened.length, 1);
});

test("leaving closes the line and does not come back", () => {
  const { socket } = connection();
  socket.open();
  opened[0].accept();
  socket.close();
  assert.equal(opened[0].readyState, 3);
  pass(60_000);
  assert.equal(opened.length, 1);
});

test("a browser without WebSocket is told so", () => {
  const { socket, states } = connection();
  delete globalThis.WebSocket;
  socket.open();
  assert.equal(last(states).state, "failed");
  assert.match(last(states).text, /WebSocket/);
});
