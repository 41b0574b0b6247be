/// The look of the page, for light and dark screens and for paper.
enum PageStyle {
    static let css = """
        :root {
          color-scheme: light dark;
          --page: #f6f7f8; --card: #ffffff; --ink: #1b1f24; --soft: #57606a; --rule: #d8dde2; --grid: #e8ebee;
          --accent: #2159c4; --npu: #3d4852; --systolic: #2f6fde; --vector: #14917c; --pim: #d97706; --dma: #8b5cf6;
          --dram: #64748b; --link: #db2777; --other: #78716c;
          --k0: #3b7ddd; --k1: #e08a1e; --k2: #2f9e6e; --k3: #b255c4; --k4: #d1495b; --k5: #17a2b8; --k6: #8a94a0;
          --k7: #9a7b2f; --k8: #6366c9; --inbar: #ffffff;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #14171a; --card: #1c2126; --ink: #e6e9ec; --soft: #9aa5b1; --rule: #343b43; --grid: #2a3037;
            --accent: #7fb0ff; --npu: #b8c4d0; --systolic: #5b93f0; --vector: #2fb8a0; --pim: #f0a03c; --dma: #a78bfa;
            --dram: #8fa1b8; --link: #f062a4; --other: #a8a29e;
            --k0: #5b97ee; --k1: #eda547; --k2: #46bb88; --k3: #c67bd6; --k4: #e56b7c; --k5: #38bdd1; --k6: #9aa5b1;
            --k7: #c4a24d; --k8: #8b8ef0; --inbar: #10151a;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--page); color: var(--ink);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
        }
        header, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 20px; }
        header { padding-top: 28px; }
        h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; overflow-wrap: anywhere; }
        h2 { font-size: 19px; margin: 0 0 10px; overflow-wrap: anywhere; }
        h3 { font-size: 15px; margin: 18px 0 6px; overflow-wrap: anywhere; }
        p { margin: 0 0 10px; overflow-wrap: anywhere; }
        .soft { color: var(--soft); }
        nav { margin: 12px 0 0; font-size: 14px; }
        nav a { color: var(--accent); text-decoration: none; margin-right: 16px; white-space: nowrap; display: inline-block; }
        nav a:hover { text-decoration: underline; }
        section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 18px 20px; margin: 18px 0; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0 0 14px; }
        .tile { border: 1px solid var(--rule); border-radius: 8px; padding: 10px 12px; min-width: 0; }
        .tile b { display: block; font-size: 21px; line-height: 1.3; font-weight: 600; overflow-wrap: anywhere; }
        .tile span { color: var(--soft); font-size: 13px; display: block; overflow-wrap: anywhere; }
        .note { border-left: 3px solid var(--pim); padding: 4px 12px; margin: 0 0 10px; }
        .scroll, .chart { overflow-x: auto; }
        .chart svg { display: block; width: 100%; height: auto; }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(440px, 100%), 1fr)); gap: 16px; }
        .pair > * { min-width: 0; }
        .pair .chart svg { min-width: 0 !important; }
        table { border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; }
        caption { text-align: left; color: var(--soft); padding: 0 0 6px; }
        th, td { text-align: left; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
        th { color: var(--soft); font-weight: 600; white-space: nowrap; }
        td { max-width: 420px; overflow-wrap: break-word; }
        td:first-child { min-width: 8em; }
        th.n, td.n { text-align: right; white-space: nowrap; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap: 0 28px; margin: 0; font-size: 14px; }
        dl div { display: flex; justify-content: space-between; gap: 12px; border-bottom: 1px solid var(--grid); padding: 4px 0; }
        dt { color: var(--soft); flex: none; max-width: 60%; } dd { margin: 0; text-align: right; overflow-wrap: anywhere; min-width: 0; }
        details { margin: 12px 0 0; } summary { cursor: pointer; color: var(--accent); }
        pre { overflow-x: auto; font-size: 12.5px; line-height: 1.4; margin: 10px 0 0; }
        footer { color: var(--soft); font-size: 13px; padding-bottom: 30px; }
        svg text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: var(--ink); }
        svg text.small { font-size: 11px; } svg text.strong { font-weight: 600; }
        svg text.tick, svg text.axis { fill: var(--soft); } svg text.inbar { font-size: 11px; fill: var(--inbar); }
        .frame { fill: none; stroke: var(--rule); } .grid { stroke: var(--grid); } .tickmark { stroke: var(--rule); }
        .bar { shape-rendering: crispEdges; } .op { stroke: var(--card); stroke-width: 0.75; }
        .op:hover, .bar:hover, .point:hover { opacity: 0.7; }
        .npu { fill: var(--npu); } .systolic { fill: var(--systolic); } .vector { fill: var(--vector); }
        .pim { fill: var(--pim); } .dma { fill: var(--dma); } .dram { fill: var(--dram); } .link { fill: var(--link); }
        .other { fill: var(--other); }
        .k0 { fill: var(--k0); } .k1 { fill: var(--k1); } .k2 { fill: var(--k2); } .k3 { fill: var(--k3); }
        .k4 { fill: var(--k4); } .k5 { fill: var(--k5); } .k6 { fill: var(--k6); } .k7 { fill: var(--k7); } .k8 { fill: var(--k8); }
        .roof { fill: none; stroke-width: 2; } .l-systolic { stroke: var(--systolic); } .l-pim { stroke: var(--pim); }
        .point { stroke: var(--card); stroke-width: 1; } .best { stroke: var(--ink); stroke-width: 2; }
        .frontier { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 5 4; }
        .unity { stroke: var(--soft); stroke-dasharray: 3 3; } .effect { fill: none; stroke: var(--k0); stroke-width: 1.5; }
        .whisker { stroke: var(--k0); stroke-width: 1.5; opacity: 0.5; }
        .mark-a { stroke: var(--ink); stroke-width: 1.5; } .mark-b { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 4 3; }
        @media print { section { break-inside: avoid; } body { background: #fff; } }
        """
}
