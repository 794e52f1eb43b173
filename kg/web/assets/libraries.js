/* The libraries of the graph and of tables are three quarters of all script, and the first view needs neither. They are
   loaded at once where the address is of a view that has one, else when the first view is there. Dash waits for
   components that say they are not ready. */
(function () {
  "use strict";
  const later = JSON.parse(document.getElementById("libraries").textContent);

  const steps = [];

  const script = (address) => new Promise((done, failed) => {
    const tag = document.createElement("script");
    tag.src = address;
    tag.onload = done;
    tag.onerror = () => failed(new Error(`${address} did not come`));
    document.head.append(tag);
  });

  /** Shows a component out of sight for some frames, so that it is compiled when it is needed. */
  function rehearse(component, properties) {
    const place = document.createElement("div");
    Object.assign(place.style, { position: "fixed", left: "-9999px", width: "800px", height: "600px", visibility: "hidden" });
    document.body.append(place);
    const root = ReactDOM.createRoot(place);
    root.render(React.createElement(React.Suspense, { fallback: null },
      React.createElement(component, { ...properties, setProps() {} })));
    return new Promise((done) => setTimeout(() => {
      root.unmount();
      place.remove();
      done();
    }, 150));
  }

  for (const [name, { component, views, files, example }] of Object.entries(later)) {
    const draws = name === "dash_cytoscape";
    let loading = null;
    let [ready, used] = [false, false];

    const load = () => {
      loading = loading || script(files[0]).then(() => {
        const library = window[name];
        ready = true;
        window[name] = { ...library, [component]: Component }; // what is on the page must stay the same component
        return { default: draws ? window.paperkg.drawing(library[component]) : library[component] };
      });
      loading.catch(() => { loading = null; });
      return loading;
    };

    const Lazy = React.lazy(load);
    const Component = (properties) => {
      used = true;
      return React.createElement(React.Suspense, { fallback: null }, React.createElement(Lazy, properties));
    };
    Object.defineProperty(Component, "_dashprivate_isLazyComponentReady", { get: () => ready || load().then(() => true) });
    window[name] = { [component]: Component };
    steps.push(load, ...files.slice(1).map((part) => () => script(part)));
    steps.push(() => load().then((made) => used || rehearse(made.default, example)));
    if (new RegExp(views).test(location.pathname)) load();
  }

  /** When there is nothing else to do: no view is awaited either, for while one is, the browser only seems idle. */
  const idle = () => new Promise((done) => {
    const look = () => (window.paperkg.busy() ? setTimeout(look, 100) : requestIdleCallback(done));
    look();
  });

  window.paperkg = Object.assign(window.paperkg || {}, {
    /** Loads every library, one after the other while there is nothing else to do. */
    prepare() {
      steps.reduce((before, step) => before.then(idle).then(step), Promise.resolve())
        .catch(() => {}); // the view that needs it tries again, and says so if it fails
    },
  });
})();
