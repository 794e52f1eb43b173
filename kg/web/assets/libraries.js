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

  for (const [name, { component, views, files }] of Object.entries(later)) {
    let loading = null;
    let ready = false;

    const load = () => {
      loading = loading || script(files[0]).then(() => {
        const library = window[name];
        ready = true;
        window[name] = { ...library, [component]: Component }; // what is on the page must stay the same component
        const made = library[component];
        return { default: name === "dash_cytoscape" ? window.paperkg.drawing(made) : made };
      });
      loading.catch(() => { loading = null; });
      return loading;
    };

    const Lazy = React.lazy(load);
    const Component = (properties) =>
      React.createElement(React.Suspense, { fallback: null }, React.createElement(Lazy, properties));
    Object.defineProperty(Component, "_dashprivate_isLazyComponentReady", { get: () => ready || load().then(() => true) });
    window[name] = { [component]: Component };
    steps.push(load, ...files.slice(1).map((part) => () => script(part)));
    if (new RegExp(views).test(location.pathname)) load();
  }

  window.paperkg = Object.assign(window.paperkg || {}, {
    /** Loads every library, one after the other while there is nothing else to do. */
    prepare() {
      steps.reduce(
        (before, load) => before.then(() => new Promise((done) => requestIdleCallback(done))).then(load),
        Promise.resolve(),
      ).catch(() => {}); // the view that needs it tries again, and says so if it fails
    },
  });
})();
