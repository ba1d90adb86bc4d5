// Draws what stands beside each chart as data, in the colours of the page; who has no script has the table.
"use strict";
(() => {
  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = [];

  function series(one, kind, colour, ink) {
    const dashed = one.dashed
      ? { lineStyle: { type: "dashed", width: 2, color: ink }, itemStyle: { color: ink, opacity: 0.55 } }
      : { lineStyle: { width: 3, color: colour }, itemStyle: { color: colour } };
    return { type: kind, name: one.name, data: one.data, stack: kind === "bar" ? "all" : undefined,
      symbol: one.dashed ? "none" : "circle", symbolSize: 8, barMaxWidth: 36, animation: false, ...dashed };
  }

  function options(chart) {
    const ink = style("--bs-body-color"), colour = style("--chibo-tint"), line = style("--bs-border-color");
    const text = { color: ink, fontSize: 16, fontFamily: style("--bs-body-font-family") };
    return {
      animation: false, textStyle: text,
      grid: { left: 8, right: 16, top: 16, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis", renderMode: "richText", textStyle: { fontSize: 16 } },
      xAxis: { type: "category", data: chart.labels, axisLabel: { ...text, hideOverlap: true }, axisLine: { lineStyle: { color: line } } },
      yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: line, opacity: 0.4 } } },
      series: chart.series.map((one) => series(one, chart.kind, colour, ink)),
    };
  }

  function draw() {
    for (const { chart, data } of drawn) chart.setOption(options(data), true);
  }

  for (const place of document.querySelectorAll("[data-chart]")) {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    place.hidden = place.nextElementSibling.hidden = false;
    drawn.push({ chart: echarts.init(place), data });
  }
  draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("resize", () => { for (const { chart } of drawn) chart.resize(); });
})();
