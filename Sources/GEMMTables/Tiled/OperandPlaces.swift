import SimCore

/// Where a lane's operands lie in memory: each repetition has matrices of its own, each matrix its blocks one behind
/// the other, a block in whole bursts.
///
/// Blocks lie together as converters store weights for such arrays; rows of a matrix that are apart would open more
/// DRAM rows. Beyond the memory's capacity addresses begin again at 0.
struct OperandPlaces {
    private let tiled: TiledProduct
    private let burstBytes: Int
    private let capacity: Int
    private let base: Int
    private let inputBursts: Int
    private let weightBursts: Int
    private let outputBursts: Int
    private let sumBursts: Int

    init(_ tiled: TiledProduct, base: Int, burstBytes: Int, capacityBytes: Int) {
        self.tiled = tiled
        self.burstBytes = burstBytes
        self.base = base
        capacity = capacityBytes / burstBytes
        func bursts(_ bytes: Int) -> Int { ceilingDivision(bytes, burstBytes) }
        let (m, n, k) = (tiled.size(.m, 0), tiled.size(.n, 0), tiled.size(.k, 0))
        inputBursts = bursts(tiled.inputBytes(m: m, k: k))
        weightBursts = bursts(tiled.weightBytes(k: k, n: n))
        outputBursts = bursts(tiled.outputBytes(m: m, n: n))
        sumBursts = tiled.passes(.outputs) > 1 ? bursts(tiled.sumBytes(m: m, n: n)) : 0
    }

    /// Bursts of one repetition's matrices.
    var repetitionBursts: Int { outputStart + outputBlocks * (outputBursts + sumBursts) }
    /// Where the lane's matrices end.
    var end: Int { base + repetitionBursts * tiled.lane.repetitions }

    private var weightStart: Int { tiled.trips(.m) * tiled.trips(.k) * inputBursts }
    private var outputStart: Int { weightStart + tiled.trips(.k) * tiled.trips(.n) * weightBursts }
    private var outputBlocks: Int { tiled.trips(.m) * tiled.trips(.n) }

    func inputs(_ step: TileStep) -> Program.Transfer {
        let bytes = tiled.inputBytes(m: tiled.size(.m, step.m), k: tiled.size(.k, step.k))
        return transfer(step, (step.m * tiled.trips(.k) + step.k) * inputBursts, bytes)
    }

    func weights(_ step: TileStep) -> Program.Transfer {
        let bytes = tiled.weightBytes(k: tiled.size(.k, step.k), n: tiled.size(.n, step.n))
        return transfer(step, weightStart + (step.n * tiled.trips(.k) + step.k) * weightBursts, bytes)
    }

    func outputs(_ step: TileStep) -> Program.Transfer {
        let bytes = tiled.outputBytes(m: tiled.size(.m, step.m), n: tiled.size(.n, step.n))
        return transfer(step, outputStart + block(step) * outputBursts, bytes)
    }

    func sums(_ step: TileStep) -> Program.Transfer {
        let bytes = tiled.sumBytes(m: tiled.size(.m, step.m), n: tiled.size(.n, step.n))
        return transfer(step, outputStart + outputBlocks * outputBursts + block(step) * sumBursts, bytes)
    }

    /// Number of a step's sums among those of its repetition.
    func block(_ step: TileStep) -> Int { step.m * tiled.trips(.n) + step.n }

    private func transfer(_ step: TileStep, _ offset: Int, _ bytes: Int) -> Program.Transfer {
        let bursts = ceilingDivision(bytes, burstBytes)
        let start = (base + step.repetition * repetitionBursts + offset) % capacity
        return Program.Transfer(base: start + bursts <= capacity ? start : 0, bursts: bursts)
    }
}
