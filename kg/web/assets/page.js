/* What must happen in the browser: titles, focus, keys, and what is said while the server is slow or gone. */
(function () {
  "use strict";
  const SLOW = 800; // ms after which a wait is spoken of
  let pending = 0;
  let gone = false;

  function say(text, kind) {
    const state = document.getElementById("state");
    if (!state) return;
    state.textContent = text;
    state.dataset.kind = kind;
  }

  function lead(view, text) {
    const q = (text || "").trim();
    window.paperkg.go(q ? `${view}?${new URLSearchParams({ q })}` : view);
  }

  let chosen = null; // the address of the completion that has the focus

  // A late answer draws the completions anew, which takes the one with the focus away.
  function keepFocus() {
    if (!chosen || document.activeElement !== document.body) return;
    const links = [...document.querySelectorAll("#completions a")];
    const same = links.find((link) => link.getAttribute("href") === chosen);
    (same || links[0] || document.getElementById("search")).focus();
  }

  window.paperkg.busy = () => pending > 0;
  const send = window.fetch.bind(window);
  window.fetch = function (...what) {
    pending += 1;
    const timer = setTimeout(() => gone || say("Still working on it …", "slow"), SLOW);
    return send(...what)
      .then((answer) => {
        gone = false;
        return answer;
      })
      .catch((error) => {
        if (error.name !== "AbortError") {
          gone = true;
          say("The server does not answer. Start it again with kg serve, then reload this page.", "gone");
        }
        throw error;
      })
      .finally(() => {
        clearTimeout(timer);
        pending -= 1;
        if (!pending && !gone) say("", "");
      });
  };

  let first = true;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    page: {
      wanted(pathname, search, before) {
        const graph = /^\/graph\/[^/]+\/./;
        const read = (path) => path.split("/").map(decodeURIComponent).join("/"); // a path may be written in two ways
        const same = before && graph.test(pathname) && read(before[0]) === read(pathname);
        return same ? window.dash_clientside.no_update : [pathname, search]; // a graph changes in place
      },
      shown(title, pathname) {
        if (!title) return window.dash_clientside.no_update;
        document.title = title;
        document.querySelectorAll("header.top nav a").forEach((link) => {
          const to = link.getAttribute("href");
          const current = to === "/" ? pathname === "/" : pathname.startsWith(to);
          current ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
        });
        if (!first) {
          const find = document.querySelector(".find");
          if (find) find.classList.remove("open");
          window.scrollTo(0, 0);
          setTimeout(() => {
            const heading = document.getElementById("heading");
            const field = document.getElementById("question") || document.getElementById("cypher");
            (field || heading || document.body).focus({ preventScroll: true });
          }, 0);
        }
        if (first) {
          window.paperkg.prepare();
          new MutationObserver(keepFocus).observe(document.getElementById("completions"), { childList: true, subtree: true });
        }
        first = false;
        return "state";
      },
      png(clicks) {
        if (!clicks) return window.dash_clientside.no_update;
        const bg = getComputedStyle(document.querySelector(".canvas")).backgroundColor;
        return { type: "png", action: "download", filename: "graph", options: { bg, scale: 2, full: true } };
      },
      find(times, text) {
        if (times) lead("/search", text);
      },
      put(clicks, submits, text) {
        if (clicks || submits) lead("/ask", text);
      },
      run(clicks, text) {
        if (clicks) lead("/cypher", text);
      },
      save(clicks) {
        return clicks ? true : window.dash_clientside.no_update;
      },
    },
  });

  window.dashAgGridFunctions = Object.assign(window.dashAgGridFunctions || {}, {
    byNumber(a, b, x, y) {
      const value = (node) => (node && node.data && typeof node.data.number === "number" ? node.data.number : -Infinity);
      return value(x) - value(y) || 0;
    },
  });

  document.addEventListener("input", (event) => {
    if (event.target.id === "search") event.target.closest(".find").classList.add("open");
  });
  document.addEventListener("pointerdown", () => (chosen = null));
  document.addEventListener("focusin", (event) => {
    const completion = event.target.closest("#completions a");
    chosen = completion && completion.getAttribute("href");
    const find = document.querySelector(".find");
    if (find && !find.contains(event.target)) find.classList.remove("open");
  });
  document.addEventListener("keydown", (event) => {
    const field = document.getElementById("search");
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && field) {
      event.preventDefault();
      field.focus();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "cypher") {
      event.preventDefault();
      document.getElementById("run").click();
    }
    const find = event.target.closest && event.target.closest(".find");
    if (!find) return;
    if (event.key === "Escape") {
      find.classList.remove("open");
      field.focus();
    }
    if (event.key === "Enter" && event.target === field) find.classList.remove("open");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const stops = [field, ...find.querySelectorAll("li a")];
      const next = stops[stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) {
        event.preventDefault();
        next.focus();
      }
    }
  });
})();
