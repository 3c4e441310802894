// Charts: every [data-chart] names a JSON block of the page; ECharts is fetched only when there is one.
const INK = "#1f2937";
const QUIET = "#5b6675";
const LINE = "#e2e6eb";
const TEAL = "#0f766e";
const SERIES = [TEAL, "#64748b", "#4f9f97", "#a3afbf", "#93c5be", "#cfd6df"];
const SCALE = ["#e4f1ef", "#93c5be", "#4f9f97", "#0f766e", "#0b4f4a"];
const HATCH = { symbol: "line", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: "#9aa4b1" };

const text = { color: QUIET, fontSize: 12, fontFamily: getComputedStyle(document.body).fontFamily };
const number = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 2 });
const write = (value) => (value === null || value === undefined || Number.isNaN(value) ? "—" : number.format(value));

function frame(data) {
  return {
    animation: false,
    color: SERIES,
    textStyle: text,
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: write, axisPointer: { type: "line" } },
    grid: { left: 8, right: 24, top: data.series.length > 1 ? 36 : 20, bottom: 8, containLabel: true },
    legend: data.series.length > 1 ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 12, textStyle: text } : undefined,
    aria: { enabled: true, decal: { show: false } },
  };
}

function axes(data, { flat = false } = {}) {
  const names = { type: "category", data: data.categories, axisTick: { show: false }, axisLine: { lineStyle: { color: "#c6cdd6" } }, axisLabel: text };
  const values = { type: "value", splitLine: { lineStyle: { color: LINE } }, axisLabel: { ...text, formatter: write }, splitNumber: 4 };
  return flat ? { xAxis: values, yAxis: { ...names, inverse: true } } : { xAxis: names, yAxis: values };
}

function target(data, axis) {
  if (data.target === null) return undefined;
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: INK, type: "dashed", width: 1.5 },
    label: { formatter: write(data.target), color: INK, position: axis === "yAxis" ? "insideEndTop" : "end" },
    data: [{ [axis]: data.target }],
  };
}

// The value stands beside the name: at the bar's end it would meet the target line.
function ranked(data) {
  const both = axes(data, { flat: true });
  const values = data.series[0]?.values ?? [];
  both.yAxis.axisLabel = {
    ...text,
    formatter: (name, index) => `${name}  {value|${write(values[index])}}`,
    rich: { value: { ...text, color: INK, fontWeight: 600 } },
  };
  return both;
}

const kinds = {
  line: (data) => ({
    ...frame(data),
    ...axes(data),
    series: data.series.map((one, index) => ({
      name: one.name, type: "line", data: one.values, symbolSize: 6, showSymbol: data.categories.length < 20,
      lineStyle: { width: index ? 1.5 : 2.5 }, connectNulls: false, markLine: index ? undefined : target(data, "yAxis"),
    })),
  }),
  bar: (data) => ({
    ...frame(data),
    ...axes(data),
    series: data.series.map((one, index) => ({
      name: one.name, type: "bar", data: one.values, barMaxWidth: 28, markLine: index ? undefined : target(data, "yAxis"),
    })),
  }),
  stack: (data) => ({
    ...frame(data),
    ...axes(data),
    series: data.series.map((one) => ({
      name: one.name, type: "bar", stack: "all", data: one.values, barMaxWidth: 32, itemStyle: { borderColor: "#fff", borderWidth: 0.5 },
    })),
  }),
  rank: (data) => ({
    ...frame(data),
    ...ranked(data),
    series: data.series.map((one, index) => ({
      name: one.name, type: "bar", data: one.values, barMaxWidth: 18,
      markLine: index ? undefined : target(data, "xAxis"),
    })),
  }),
  sankey: (data) => ({
    ...frame(data),
    tooltip: { renderMode: "richText", valueFormatter: write },
    series: [{
      type: "sankey", left: 8, right: 160, top: 8, bottom: 8, nodeWidth: 12, nodeGap: 14, draggable: false,
      data: [...new Set(data.links.flatMap((one) => [one.source, one.target]))].map((name) => ({ name, itemStyle: { color: data.links.some((one) => one.source === name) ? "#64748b" : TEAL } })),
      links: data.links, label: { ...text, color: INK, formatter: (node) => `${node.name}  ${write(node.value)}` }, lineStyle: { color: "source", opacity: 0.28 },
    }],
  }),
  map: (data) => {
    const values = data.series[0]?.values ?? [];
    const known = values.filter((one) => one !== null);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    return {
      ...frame(data),
      tooltip: { trigger: "item", renderMode: "richText", formatter: (area) => `${area.name}  ${write(area.value)} ${data.unit}` },
      visualMap: {
        type: "continuous", min: low, max: high, inRange: { color: SCALE }, orient: "horizontal", left: "center", bottom: 0,
        itemWidth: 12, itemHeight: 140, text: [`${write(high)} ${data.unit}`, write(low)], textStyle: text,
      },
      series: [{
        type: "map", map: data.geojson, left: 8, right: 8, top: 8, bottom: 48, preserveAspect: "contain", roam: false, selectedMode: false,
        label: { show: data.categories.length <= 20, fontSize: 11, color: INK, textBorderColor: "rgba(255,255,255,0.85)", textBorderWidth: 3 },
        itemStyle: { areaColor: "#f6f7f9", borderColor: "#fff", borderWidth: 1 },
        emphasis: { label: { color: INK }, itemStyle: { areaColor: "inherit", borderColor: INK, borderWidth: 2 } },
        data: data.categories.map((name, index) => ({
          name, value: values[index] ?? NaN,
          ...(values[index] === null || values[index] === undefined ? { itemStyle: { areaColor: "#eceff3", decal: HATCH } } : {}),
        })),
      }],
    };
  },
};

function library() {
  if (window.echarts) return Promise.resolve(window.echarts);
  const source = document.getElementById("charts-js").dataset.echarts;
  return new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = source;
    script.addEventListener("load", () => done(window.echarts));
    script.addEventListener("error", fail);
    document.head.append(script);
  });
}

async function draw(place) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const echarts = await library();
  if (data.kind === "map" && !echarts.getMap(data.geojson)) {
    echarts.registerMap(data.geojson, await (await fetch(data.geojson)).json());
  }
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(kinds[data.kind](data));
  chart.on("click", (mark) => {
    const url = data.urls[mark.name];
    if (url) location.assign(url);
  });
  new ResizeObserver(() => chart.resize()).observe(place);
  addEventListener("beforeprint", () => chart.resize());
}

function drawAll(root) {
  for (const place of root.querySelectorAll("[data-chart]:not([data-drawn])")) {
    place.dataset.drawn = "1";
    draw(place).catch(() => {
      const table = place.closest("figure")?.querySelector("details");
      if (table) table.open = true; // the figures are there even when the drawing is not
    });
  }
}

drawAll(document);
document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
