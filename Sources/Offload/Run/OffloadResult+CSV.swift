import Reporting

extension OffloadResult {
    /// The columns of `offload.csv`: what was replayed, then what it gave.
    public static let summaryColumns =
        [
            "model", "routes", "tokens", "machine", "compute_unit", "cache", "scope", "capacity", "prefetch", "widths",
            "resident_bits", "batch", "steps", "output_tokens",
        ] + figureColumns

    /// The columns of `offload.csv` that are results.
    public static let figureColumns = [
        "hits", "misses", "hit_rate", "prefetch_accuracy", "demand_bytes", "prefetch_bytes", "wasted_bytes",
        "union_over_capacity", "time_per_token_s", "compute_s", "exposed_io_s", "hidden_io_s", "dequantization_s",
        "ttft_s", "tokens_per_s", "energy_per_token_J", "peak_memory_bytes",
    ]

    /// The cells of the one row of `offload.csv`; without a machine those of times, energy and memory are empty.
    ///
    /// - Parameter routes: name of the routes.
    public func summaryCells(routes: String) -> [String] {
        let capacity: String =
            switch run.cache.capacity {
            case .experts(let count): "\(count)"
            case .bytes(let count): "\(count) B"
            }
        let names: [String] = [
            run.model.shape.name, routes, "\(run.events.steps.reduce(0) { $0 + $1.tokens.count })",
            run.machine?.name ?? "", run.machine?.label ?? "",
            run.isResident ? "resident" : run.cache.policy.rawValue, run.isResident ? "" : run.cache.scope.rawValue,
            run.isResident ? "" : capacity, run.prefetch.policy.rawValue, run.widthsLabel, fixed(run.residentBits, 3),
            "\(run.events.batch)", "\(run.events.steps.count)", "\(outputTokens)",
        ]
        let counts: [String] = [
            "\(totals.hits)", "\(totals.misses)", fixed(hitRate, 6),
            prefetchAccuracy.map { fixed($0, 6) } ?? "", "\(totals.demandBytes)", "\(totals.prefetchBytes)",
            "\(totals.wastedBytes)", unionOverCapacity.map { fixed($0, 6) } ?? "",
        ]
        guard isTimed else { return names + counts + Array(repeating: "", count: 9) }
        let times: [Double] = [
            seconds(totals.compute), seconds(totals.exposedIO), seconds(totals.hiddenIO),
            seconds(totals.dequantization),
        ]
        return names + counts + [timePerToken.map { fixed($0, 9) } ?? ""] + times.map { fixed($0, 9) } + [
            timeToFirstToken.map { fixed($0, 9) } ?? "", fixed(tokensPerSecond, 6), fixed(energyPerToken, 9),
            "\(peakMemoryBytes)",
        ]
    }

    /// `offload.csv`, `layers.csv` and `tokens.csv`.
    public func files(routes: String) -> [ReportFile] {
        var summary = CSVWriter(columns: Self.summaryColumns)
        summary.append(summaryCells(routes: routes).map { CSVCell($0) })
        return [
            ReportFile(name: "offload.csv", text: summary.text), ReportFile(name: "layers.csv", text: layersCSV),
            ReportFile(name: "tokens.csv", text: tokensCSV),
        ]
    }

    /// A line for each mixture layer.
    private var layersCSV: String {
        var table = CSVWriter(columns: [
            "layer", "hits", "misses", "hit_rate", "prefetched", "skipped", "demand_bytes", "exposed_io_s",
        ])
        for (index, layer) in layers.enumerated() {
            let needed = layer.hits + layer.misses
            let rate = needed == 0 ? 0 : Double(layer.hits) / Double(needed)
            table.append([
                CSVCell(index), CSVCell(layer.hits), CSVCell(layer.misses), CSVCell(fixed(rate, 6)),
                CSVCell(layer.prefetched), CSVCell(layer.skipped), CSVCell(layer.demandBytes),
                CSVCell(isTimed ? fixed(seconds(layer.exposedIO), 9) : ""),
            ])
        }
        return table.text
    }

    /// A line for each step: a prompt, a part of one, or one token of each running request.
    private var tokensCSV: String {
        var text = "step,phase,request,token,tokens,hits,misses,start_s,end_s,time_s,exposed_io_s\n"
        for (index, step) in steps.enumerated() {
            let first = run.events.token(step.firstToken)
            text += "\(index),\(step.isPrefill ? "prefill" : "decode"),\(first.request),\(first.position),"
            text += "\(step.tokens),\(step.hits),\(step.misses),"
            guard isTimed else {
                text += ",,,\n"
                continue
            }
            let times = [step.start, step.end, step.end - step.start, step.exposedIO]
            text += times.map { fixed(seconds($0), 9) }.joined(separator: ",") + "\n"
        }
        return text
    }
}

extension OffloadMachine {
    /// What computes, with a word on how it is modelled, for reports.
    public var label: String { "roofline: \(compute.name)" }
}

extension OffloadRun {
    /// The widths in a word or two and what chose them, for reports.
    var widthsLabel: String { widths.label + (widthsOrigin.map { " (\($0))" } ?? "") }
}

extension ExpertWidths {
    /// The widths in a word or two, for reports.
    public var label: String {
        switch self {
        case .uniform(let bits): return fixed(bits, 3)
        case .perExpert(let bits):
            let mean = bits.isEmpty ? 0 : bits.reduce(0, +) / Double(bits.count)
            return "mixed of mean \(fixed(mean, 3))"
        case .byGateWeight(let high, let low, let highUpTo, let lowUpTo):
            return "\(fixed(high, 3)) up to gate weight \(highUpTo) then \(fixed(low, 3)) up to \(lowUpTo)"
        }
    }
}

/// A number with `digits` digits behind the point, ties away from zero; the same text everywhere.
func fixed(_ value: Double, _ digits: Int) -> String {
    let scale = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e18 else { return "\(value)" }
    let (whole, part) = Int64(scaled).quotientAndRemainder(dividingBy: Int64(scale))
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let fraction = "\(part)"
    return "\(sign)\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
}
