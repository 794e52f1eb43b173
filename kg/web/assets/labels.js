/* Names of nodes that can be read at any zoom and never lie on one another: the most important first, on the first
   free side of their nodes; the others where there is room, when the pointer is on them, or when they are chosen. */
window.paperkgLabels = (function () {
  "use strict";
  const SIZE = 12; // pixels on the screen, whatever the zoom
  const GAP = 3;
  const [SIDE, ABOVE] = [0.12, 40]; // around the nodes, in which the outer names have room: a part, and pixels
  const LARGEST = 1.25; // zoom at which few nodes are drawn
  const attended = new WeakSet();
  const BODY = { includeLabels: false, includeEdges: false, includeOverlays: false };
  const LABEL = { includeNodes: false, includeEdges: false, includeOverlays: false };

  const meet = (a, b) => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;
  const weight = (node) =>
    (node.hasClass("centre") ? 4e6 : 0) + (node.hasClass("chosen") ? 2e6 : 0) + (node.hasClass("opened") ? 1e6 : 0) +
    1000 * node.degree() + node.data("size");

  /** Lets the nodes fill what room there is; the names, which are as large at any zoom, have theirs around them. */
  function fit(cy) {
    if (cy.destroyed() || !cy.nodes().length) return;
    const box = cy.nodes().boundingBox(BODY);
    const side = SIDE * cy.width();
    const zoom = Math.min((cy.width() - 2 * side) / (box.w || 1), (cy.height() - 2 * ABOVE) / (box.h || 1), LARGEST);
    if (!(zoom > 0)) return;
    const pan = { x: cy.width() / 2 - (zoom * (box.x1 + box.x2)) / 2, y: cy.height() / 2 - (zoom * (box.y1 + box.y2)) / 2 };
    cy.viewport({ zoom, pan });
  }

  /** Where the name of a node may stand; the best place first. */
  function sides({ x1, x2, y1, y2 }, width, height, gap) {
    const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
    const across = { x1: x - width / 2 - gap, x2: x + width / 2 + gap };
    const along = { y1: y - height / 2 - gap, y2: y + height / 2 + gap };
    return {
      bottom: { ...across, y1: y2 - gap, y2: y2 + height + 3 * gap },
      top: { ...across, y1: y1 - height - 3 * gap, y2: y1 + gap },
      right: { ...along, x1: x2 - gap, x2: x2 + width + 3 * gap },
      left: { ...along, x1: x1 - width - 3 * gap, x2: x1 + gap },
    };
  }

  const font = (node) => (node.hasClass("centre") ? SIZE + 3 : SIZE);
  const sizes = new WeakMap(); // of names, in pixels on the screen; to measure them takes longest
  const given = new WeakMap();

  /** Sets those properties of a node that it does not have yet. */
  function style(node, wanted) {
    const before = given.get(node) || {};
    const changed = Object.entries(wanted).filter(([name, value]) => before[name] !== value);
    if (!changed.length) return;
    node.style(Object.fromEntries(changed));
    given.set(node, { ...before, ...wanted });
  }

  function measure(cy, nodes) {
    const zoom = cy.zoom();
    const look = (node) => font(node) + (node.hasClass("opened") ? " bold" : "");
    const fresh = nodes.filter((node) => sizes.get(node)?.look !== look(node));
    cy.batch(() => fresh.forEach((node) => style(node, scaled(node, zoom))));
    fresh.forEach((node) => {
      const { w, h } = node.boundingBox(LABEL);
      sizes.set(node, { look: look(node), w: w * zoom, h: h * zoom });
    });
  }

  const scaled = (node, zoom) =>
    ({ "font-size": font(node) / zoom, "text-max-width": 120 / zoom, "text-background-padding": 1 / zoom });

  function arrange(cy) {
    if (cy.destroyed()) return;
    const zoom = cy.zoom();
    const gap = GAP / zoom;
    const weights = new Map(cy.nodes().map((node) => [node, weight(node)]));
    const nodes = [...weights.keys()].sort((a, b) => weights.get(b) - weights.get(a) || (a.id() < b.id() ? -1 : 1));
    measure(cy, nodes);
    const bodies = nodes.map((node) => node.boundingBox(BODY));
    const said = [];
    const frame = cy.extent();
    const seen = ({ x1, x2, y1, y2 }) => x1 > frame.x1 && x2 < frame.x2 && y1 > frame.y1 && y2 < frame.y2;
    const places = nodes.map((node, i) => {
      const { w, h } = sizes.get(node);
      const free = (box) =>
        seen(box) && !said.some((other) => meet(box, other)) && !bodies.some((body, j) => i !== j && meet(body, box));
      const around = sides(bodies[i], w / zoom, h / zoom, gap);
      const side = Object.keys(around).find((name) => free(around[name])) || (node.hasClass("centre") ? "bottom" : "");
      if (side) said.push(around[side]);
      return side;
    });
    cy.batch(() => nodes.forEach((node, i) => {
      const side = places[i] || "bottom";
      const beside = side === "left" || side === "right";
      const away = side === "top" || side === "left" ? -gap : gap;
      style(node, {
        ...scaled(node, zoom),
        "text-opacity": places[i] ? 1 : 0, "text-background-opacity": places[i] ? 0.85 : 0,
        "text-valign": beside ? "center" : side, "text-halign": beside ? side : "center",
        "text-margin-y": beside ? 0 : away, "text-margin-x": beside ? away : 0,
      });
    }));
  }

  /** Keeps the names of a drawing readable from now on; told again of the same drawing, it does nothing. */
  return function attend(cy) {
    if (attended.has(cy)) return;
    attended.add(cy);
    const extent = () => `${cy.width()} ${cy.height()}`;
    let [waiting, moved, size] = [0, 0, extent()];
    const soon = () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(() => arrange(cy));
    };
    const again = () => { // before anything is painted, for to paint a drawing twice takes twice as long
      fit(cy);
      arrange(cy);
      cancelAnimationFrame(waiting);
      clearTimeout(moved);
    };
    cy.on("pan", () => {
      clearTimeout(moved);
      moved = setTimeout(soon, 80);
    });
    cy.on("zoom", soon);
    cy.on("resize", () => { // is told of with every tap, too
      if (extent() !== size) again();
      size = extent();
    });
    cy.on("layoutstop", again);
    cy.on("mouseover", "node", (event) => {
      style(event.target, { "text-opacity": 1, "text-background-opacity": 1 });
      event.target.style("z-index", 99);
    });
    cy.on("mouseout", "node", (event) => {
      event.target.removeStyle("z-index");
      soon();
    });
    again();
  };
})();
