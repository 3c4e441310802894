// Keeps the officer's own page, the visit pages of his households and what they are made of, for a day without a
// network. Everything else goes to the network as if this were not here. Visits themselves are kept by visit.js.
const PAGES = "huimin-visits-pages";
const PARTS = "huimin-visits-parts";
const isPage = (url) => /^\/desk\/poverty\/(mine\/|enrolments\/[0-9a-f-]{36}\/visit\/)$/.test(url.pathname);
const isPart = (url) => url.pathname.startsWith("/static/");

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function forget() {
  await caches.delete(PAGES);
}

async function page(request) {
  const cache = await caches.open(PAGES);
  try {
    const answer = await fetch(request);
    if (answer.redirected) await forget(); // signed out: no page of the last officer stays on the phone
    else if (answer.ok) await cache.put(new URL(request.url).pathname, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(new URL(request.url).pathname);
    if (kept) return kept;
    throw error;
  }
}

async function part(request) {
  const cache = await caches.open(PARTS);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && isPage(url)) event.respondWith(page(event.request));
  else if (isPart(url)) event.respondWith(part(event.request));
});

async function keep({ owner, pages, parts }) {
  const marks = await caches.open(PARTS);
  const before = await (await marks.match("/owner"))?.text();
  if (before && before !== owner) await forget();
  await marks.put("/owner", new Response(owner));
  const cache = await caches.open(PAGES);
  for (const address of parts) {
    try {
      if (!(await marks.match(address))) await marks.add(address);
    } catch {
      // one picture less is no reason to keep nothing
    }
  }
  let done = 0;
  for (const address of pages) {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) break;
    await cache.put(address, answer);
    done += 1;
  }
  return done;
}

self.addEventListener("message", (event) => {
  if (event.data?.kind === "forget") event.waitUntil(forget());
  if (event.data?.kind !== "keep") return;
  event.waitUntil(
    keep(event.data).then(
      (done) => event.ports[0]?.postMessage({ done }),
      () => event.ports[0]?.postMessage({ done: 0 }),
    ),
  );
});
