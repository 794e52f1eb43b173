/* Parts of a view in which nothing happens, made at once; their links lead to other views. */
(function () {
  "use strict";

  function go(address) {
    history.pushState({}, "", address);
    dispatchEvent(new PopStateEvent("popstate")); // on which the page shows what is at the address
    scrollTo(0, 0);
  }

  function follow(event) {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(event.currentTarget.href);
  }

  const made = (part) => {
    if (!Array.isArray(part)) return part;
    const [tag, properties, ...inside] = part;
    const children = inside.map(made);
    return tag === "Link"
      ? React.createElement("a", { ...properties, onClick: follow }, ...children)
      : React.createElement(tag, properties, ...children);
  };

  const Markup = React.memo(
    ({ body }) => React.createElement(React.Fragment, null, ...body.map(made)),
    (before, now) => before.body === now.body,
  );

  window.paperkg = Object.assign(window.paperkg || {}, { Markup, go });
})();
