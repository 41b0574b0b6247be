import SimCore

/// What the search knows of the memory: measured on the memory model, in NPU cycles.
struct MemoryFigures: Hashable {
    /// Bytes per cycle of a long read of consecutive addresses.
    let streamBytesPerCycle: Double
    /// The data buses' bytes per cycle.
    let peakBytesPerCycle: Double
    /// Cycles from a request to its data in an idle memory.
    let latency: Int
    /// Cycles by which a read that another follows ends late: controllers let the second overtake the first's last
    /// bursts.
    let overtaking: Int
}

/// Finds tiles for a lane: all loop orders times sizes that fit its scratchpad.
///
/// Sizes along an axis are the product's own, and doublings of the array's edge (of all arrays' edges together for the
/// axis that is cut over them), of 32 along the axis that runs in time; powers of two where none of these fits. The
/// estimate ranks; the run measures.
struct TilingSearch {
    let lane: GEMMLane
    let product: GEMMProduct
    let choice: TilingChoice
    /// Scratchpad of the lane, and the lanes that share the memory.
    let scratchpadBytes: Int
    let lanes: Int
    let memory: MemoryFigures

    /// The best tiling; nil when none fits.
    func best() -> TiledProduct? {
        if case .given(let m, let n, let k) = choice {
            let shape = lane.folds.shape
            return best(of: [(min(m, shape.m), min(n, shape.n), min(k, shape.k))])
        }
        return best(of: candidates(sizes)) ?? best(of: candidates(smallSizes))
    }

    private func best(of candidates: [(Int, Int, Int)]) -> TiledProduct? {
        var best: (tiled: TiledProduct, rank: (Double, Double, Int))?
        for (m, n, k) in candidates {
            let first = TiledProduct(
                lane: lane, product: product, tiling: GEMMTiling(m: m, n: n, k: k, order: .mnk))
            // What has to fit does not depend on the order, nor do the array's cycles.
            guard first.scratchpadBytes <= scratchpadBytes else { continue }
            let cycles = Double(first.arrayCycles)
            for order in LoopOrder.allCases {
                let tiled = TiledProduct(
                    lane: lane, product: product, tiling: GEMMTiling(m: m, n: n, k: k, order: order))
                let rank = rank(tiled, arrayCycles: cycles)
                if best == nil || rank < best!.rank { best = (tiled, rank) }
            }
        }
        return best?.tiled
    }

    private func rank(_ tiled: TiledProduct, arrayCycles: Double) -> (Double, Double, Int) {
        let traffic = Double(tiled.readBytes + tiled.writtenBytes)
        let time = estimate(tiled, arrayCycles: arrayCycles)
        return choice == .traffic ? (traffic, time, tiled.tiles) : (time, traffic, tiled.tiles)
    }

    /// Cycles of all repetitions. The longest of three runs on: the arrays behind their first operands, the memory
    /// before the last tile, and two tiles in flight whose requests wait for each other's space; then the last outputs.
    func estimate(_ tiled: TiledProduct, arrayCycles: Double) -> Double {
        let rate = memory.streamBytesPerCycle / Double(lanes)
        let latency = Double(memory.latency)
        let repetitions = Double(lane.repetitions)
        let tiles = Double(tiled.tiles)
        let moving = Double(tiled.readBytes + tiled.writtenBytes) / rate
        let (m, n, k) = (tiled.size(.m, 0), tiled.size(.n, 0), tiled.size(.k, 0))
        let firstBlocks = Double(tiled.inputBytes(m: m, k: k) + tiled.weightBytes(k: k, n: n)) / rate
        let step = arrayCycles / tiles
        let drain = Double(tiled.outputBytes(m: m, n: n)) / rate + latency
        let shift = lane.folds.dataflow.mapping.preloads ? Double(lane.folds.array.rows) : 0
        let inFlight = latency + Double(memory.overtaking) + moving / tiles + step + shift
        let inTurn = tiles > 1 || repetitions > 1 ? tiles * repetitions * inFlight / 2 : 0
        let arrays = latency + firstBlocks + repetitions * arrayCycles
        return max(arrays, repetitions * moving + latency + step, inTurn) + drain
    }

    private func candidates(_ sizes: (GEMMAxis) -> [Int]) -> [(Int, Int, Int)] {
        let ms = sizes(.m)
        let ns = sizes(.n)
        let ks = sizes(.k)
        return ms.flatMap { m in ns.flatMap { n in ks.map { k in (m, n, k) } } }
    }

    private func sizes(_ axis: GEMMAxis) -> [Int] {
        let mapping = lane.folds.dataflow.mapping
        let array = lane.folds.array
        let packed = axis == .k ? lane.folds.rules.rate.innerPerCycle : 1
        let edges =
            switch axis {
            case mapping.rows: [array.rows * packed]
            case mapping.columns: [array.columns * packed, array.columns * packed * lane.arrays]
            default: [32]
            }
        return doublings(of: edges, below: lane.folds.shape[axis])
    }

    /// For a scratchpad smaller than what the array holds.
    private func smallSizes(_ axis: GEMMAxis) -> [Int] { doublings(of: [1], below: lane.folds.shape[axis]) }

    private func doublings(of first: [Int], below whole: Int) -> [Int] {
        var sizes: Set = [whole]
        for var size in first {
            while size < whole {
                sizes.insert(size)
                size *= 2
            }
        }
        return sizes.sorted()
    }
}
