extension OffloadResult {
    /// The columns of `offload.csv`.
    public static let summaryHeader =
        "model,machine,compute_unit,cache,scope,capacity,prefetch,widths,resident_bits,steps,output_tokens,hits,misses,"
        + "hit_rate,prefetches,prefetch_accuracy,demand_bytes,prefetch_bytes,wasted_bytes,union_over_capacity,"
        + "time_per_token_s,compute_s,exposed_io_s,hidden_io_s,dequantization_s,ttft_s,tokens_per_s,energy_per_token_J,"
        + "peak_memory_bytes"

    /// The result as one line of `offload.csv`; without a machine the columns that need one are empty.
    public var summaryRow: String {
        let capacity =
            switch run.cache.capacity {
            case .experts(let count): "\(count)"
            case .bytes(let count): "\(count) B"
            }
        let names: [String] = [
            run.model.shape.name, run.machine?.name ?? "", run.machine.map { "roofline: \($0.compute.name)" } ?? "",
            run.isResident ? "resident" : run.cache.policy.rawValue, run.cache.scope.rawValue, capacity,
            run.prefetch.policy.rawValue, run.widths.label, fixed(run.residentBits, 3), "\(run.events.steps.count)",
            isTimed ? "\(outputTokens)" : "",
        ]
        let counts: [String] = [
            "\(totals.hits)", "\(totals.misses)", fixed(hitRate, 6), isTimed ? "\(totals.prefetches)" : "",
            isTimed ? fixed(prefetchAccuracy, 6) : "", "\(totals.demandBytes)",
            isTimed ? "\(totals.prefetchBytes)" : "", isTimed ? "\(totals.wastedBytes)" : "",
            fixed(unionOverCapacity, 6),
        ]
        let times: [Double] = [
            timePerToken, seconds(totals.compute), seconds(totals.exposedIO), seconds(totals.hiddenIO),
            seconds(totals.dequantization), timeToFirstToken,
        ]
        let figures =
            isTimed
            ? times.map { fixed($0, 9) } + [fixed(tokensPerSecond, 6), fixed(energyPerToken, 9), "\(peakMemoryBytes)"]
            : Array(repeating: "", count: 9)
        return (names + counts + figures).map(csvCell).joined(separator: ",")
    }

    public static let layersHeader = "layer,hits,misses,hit_rate,prefetched,demand_bytes,exposed_io_s"

    /// A line for each mixture layer.
    public var layerRows: [String] {
        layers.enumerated().map { index, layer in
            let needed = layer.hits + layer.misses
            let rate = needed == 0 ? 0 : Double(layer.hits) / Double(needed)
            return "\(index),\(layer.hits),\(layer.misses),\(fixed(rate, 6)),\(isTimed ? "\(layer.prefetched)" : ""),"
                + "\(layer.demandBytes),\(isTimed ? fixed(seconds(layer.exposedIO), 9) : "")"
        }
    }

    public static let tokensHeader = "step,phase,request,tokens,hits,misses,start_s,end_s,time_s,exposed_io_s"

    /// A line for each step: a prompt, a part of one, or one token of each running request.
    public var tokenRows: [String] {
        steps.enumerated().map { index, step in
            let request = run.events.request(ofToken: step.firstToken)
            return "\(index),\(step.isPrefill ? "prefill" : "decode"),\(request),\(step.tokens),\(step.hits),"
                + "\(step.misses),\(fixed(seconds(step.start), 9)),\(fixed(seconds(step.end), 9)),"
                + "\(fixed(seconds(step.end - step.start), 9)),\(fixed(seconds(step.exposedIO), 9))"
        }
    }
}

extension ExpertWidths {
    /// The widths in a word or two, for reports.
    public var label: String {
        switch self {
        case .uniform(let bits): return fixed(bits, 3)
        case .perExpert(let bits):
            let mean = bits.isEmpty ? 0 : bits.reduce(0, +) / Double(bits.count)
            return "mixed of mean \(fixed(mean, 3))"
        case .byGateWeight(let high, let low, _, _): return "\(fixed(high, 3)) or \(fixed(low, 3)) by gate weight"
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
