// Runs in the page before its own scripts: notes each frame that is painted, key presses and long
// tasks. It only listens; the page does not know of it.

const probe = {
  pressed: 0,
  painted: [],
  longTasks: [],
  animationFrames: 0,
  countAnimationFrames() {
    probe.animationFrames += 1;
    requestAnimationFrame(probe.countAnimationFrames);
  },
};
globalThis.probe = probe;
const received = new Map();

globalThis.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    this.addEventListener("message", ({ data }) => {
      if (typeof data === "string") return;
      const length = new DataView(data).getUint32(0, true);
      const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
      const { seq, step, playing } = header;
      received.set(seq, { step, playing, bytes: data.byteLength });
    });
  }

  send(message) {
    super.send(message);
    const command = JSON.parse(message);
    if (command.kind !== "ack") return;
    const frame = received.get(command.seq);
    received.delete(command.seq);
    // a message posted within an animation frame arrives after that frame has been rendered
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      probe.painted.push({ ...frame, time: performance.now() });
      port1.close();
    };
    port2.postMessage(null);
  }
};

addEventListener("keydown", (event) => (probe.pressed = event.timeStamp), { capture: true });

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) probe.longTasks.push(entry.duration);
}).observe({ type: "longtask" });
