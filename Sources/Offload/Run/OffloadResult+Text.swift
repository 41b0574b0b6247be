import Reporting

extension OffloadResult {
    /// The result as a table for people.
    public func text(routes: String) -> String {
        heading(routes) + "\n" + figures.text + notes
    }

    private func heading(_ routes: String) -> String {
        let events = run.events
        let place = run.machine.map { "on \($0.name), \($0.label)" } ?? "without a clock"
        let tokens = events.steps.reduce(0) { $0 + $1.tokens.count }
        let cache: String
        if run.isResident {
            cache = "all experts in memory"
        } else {
            let room: String =
                switch run.cache.capacity {
                case .experts(let count): "\(Figure.count(count)) of \(Figure.count(run.model.routes.blocks)) experts"
                case .bytes(let count): Self.size(count)
                }
            cache =
                "cache \(run.cache.policy.rawValue), \(room), scope \(run.cache.scope.rawValue); prefetch "
                + run.prefetch.policy.rawValue
        }
        return """
            \(run.model.shape.name) \(place)
            \(routes): \(Figure.count(tokens)) tokens in \(Figure.count(events.steps.count)) steps, batch \(events.batch)
            \(cache); experts of \(run.widthsLabel) bits, other weights of \(fixed(run.residentBits, 1))

            """
    }

    private var figures: TextTable {
        var table = TextTable([.left, .right, .left])
        let needed = totals.hits + totals.misses
        table.append([
            "hit rate", Figure.percent(hitRate),
            "\(Figure.count(totals.hits)) of \(Figure.count(needed)) experts; \(Figure.count(totals.misses)) misses",
        ])
        if let unionOverCapacity {
            table.append([
                "union over capacity", Figure.number(unionOverCapacity), "experts of one event over room in a layer",
            ])
        }
        if let prefetchAccuracy {
            table.append([
                "prefetch accuracy", Figure.percent(prefetchAccuracy),
                "\(Figure.count(totals.prefetchesUsed)) of \(Figure.count(totals.prefetches)) guesses",
            ])
        }
        if totals.skipped > 0 {
            table.append(["experts left out", Figure.count(totals.skipped), "for their small gate weight"])
        }
        table.append([
            "read on demand", Self.size(totals.demandBytes),
            totals.prefetchBytes > 0
                ? "prefetched \(Self.size(totals.prefetchBytes)), \(Self.size(totals.wastedBytes)) of it for nothing"
                : "",
        ])
        guard isTimed else { return table }
        table.appendRule()
        if let timePerToken {
            table.append(["time per token", Figure.time(seconds: timePerToken), "mean of the decoding steps"])
        }
        if let timeToFirstToken {
            table.append(["time to first token", Figure.time(seconds: timeToFirstToken), "mean of the requests"])
        }
        table.append([
            "tokens per second", Figure.number(tokensPerSecond),
            "\(Figure.count(outputTokens)) tokens in \(Figure.time(seconds: seconds(totals.time)))",
        ])
        let parts: [(String, Int, String)] = [
            (
                "computation", totals.compute,
                "dequantization \(Figure.time(seconds: seconds(totals.dequantization))) of it"
            ),
            ("reads waited for", totals.exposedIO, ""), ("reads behind computation", totals.hiddenIO, ""),
        ]
        for (name, time, note) in parts { table.append([name, Figure.time(seconds: seconds(time)), note]) }
        table.append(["energy per token", Figure.energy(joules: energyPerToken), energyNote])
        table.append(["memory at most", Self.size(peakMemoryBytes), ""])
        return table
    }

    /// What the energy holds.
    private var energyNote: String {
        guard let machine = run.machine else { return "" }
        let parts = [
            machine.memory.energy == nil ? nil : "memory traffic",
            machine.storage.energy == nil ? nil : "storage reads",
            machine.compute.activePower == nil ? nil : "computing", machine.idlePower == nil ? nil : "idle power",
        ].compactMap { $0 }
        return parts.isEmpty ? "the machine file states no energies" : parts.joined(separator: " and ") + " only"
    }

    private var notes: String {
        isTimed ? "\nTimes are of a roofline unit (peak x efficiency), not of a modelled processor.\n" : ""
    }

    private static func size(_ bytes: Int) -> String {
        let units: [(String, Double)] = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
        for (name, size) in units where Double(bytes) >= size {
            return "\(Figure.number(Double(bytes) / size)) \(name)"
        }
        return "\(bytes) B"
    }
}
