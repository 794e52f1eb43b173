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

  function arrange(cy) {
    if (cy.destroyed()) return;
    const gap = GAP / cy.zoom();
    const nodes = cy.nodes().toArray().sort((a, b) => weight(b) - weight(a) || (a.id() < b.id() ? -1 : 1));
    cy.batch(() => nodes.forEach((node) => {
      const size = (node.hasClass("centre") ? SIZE + 3 : SIZE) / cy.zoom();
      node.style({ "font-size": size, "text-max-width": 120 / cy.zoom(), "text-background-padding": 1 / cy.zoom(),
                   "text-valign": "bottom", "text-halign": "center", "text-margin-x": 0, "text-margin-y": gap });
    }));
    const bodies = nodes.map((node) => node.boundingBox(BODY));
    const said = [];
    const frame = cy.extent();
    const seen = ({ x1, x2, y1, y2 }) => x1 > frame.x1 && x2 < frame.x2 && y1 > frame.y1 && y2 < frame.y2;
    const places = nodes.map((node, i) => {
      const label = node.boundingBox(LABEL);
      const free = (box) =>
        seen(box) && !said.some((other) => meet(box, other)) && !bodies.some((body, j) => i !== j && meet(box, body));
      const around = sides(bodies[i], label.w, label.h, gap);
      const side = Object.keys(around).find((name) => free(around[name])) || (node.hasClass("centre") ? "bottom" : "");
      if (side) said.push(around[side]);
      return side;
    });
    cy.batch(() => nodes.forEach((node, i) => {
      const side = places[i] || "bottom";
      const beside = side === "left" || side === "right";
      const away = side === "top" || side === "left" ? -gap : gap;
      node.style({
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
    let [waiting, moved] = [0, 0];
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
    cy.on("layoutstop resize", again);
    cy.on("mouseover", "node", (event) =>
      event.target.style({ "text-opacity": 1, "text-background-opacity": 1, "z-index": 99 }));
    cy.on("mouseout", "node", (event) => {
      event.target.removeStyle("z-index");
      soon();
    });
    again();
  };
})();
