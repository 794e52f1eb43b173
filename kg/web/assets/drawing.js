/* The component that draws a graph, in the colours of the page, with its names in place when it is first painted. */
(function () {
  "use strict";
  const sheets = JSON.parse(document.getElementById("sheets").textContent);
  const TOLD = ["tapNodeData", "tapEdgeData", "generateImage"];

  /** Cytoscape's component, which tells the page of taps alone: of each move of the mouse, nobody wants to know. */
  function drawing(Cytoscape) {
    return function Drawing({ setProps, ...properties }) {
      const tell = React.useCallback(
        (changed) => {
          const told = Object.entries(changed).filter(([name]) => TOLD.includes(name));
          if (told.length) setProps(Object.fromEntries(told));
        },
        [setProps],
      );
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      React.useLayoutEffect(() => {
        const net = document.getElementById(properties.id);
        if (net && net._cyreg) window.paperkgLabels(net._cyreg.cy);
      });
      return React.createElement(Cytoscape, {
        ...properties, stylesheet: dark ? sheets.dark : sheets.light, setProps: tell,
      });
    };
  }

  window.paperkg = Object.assign(window.paperkg || {}, { drawing });
})();
