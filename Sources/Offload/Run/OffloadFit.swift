/// Bytes of the working memory by what they hold, against what there is.
///
/// A device whose memory does not hold what a run keeps there cannot do the run, whatever its speed.
struct OffloadFit {
    let machine: String
    let capacity: Int
    /// Weights that are not routed experts.
    let resident: Int
    let experts: Int
    /// Keys and values of the running requests at their longest.
    let keys: Int

    var needed: Int { resident + experts + keys }

    /// What is wrong and what would help; nil if all fits.
    var obstacle: String? {
        guard needed > capacity else { return nil }
        return "\(machine) has \(Self.size(capacity)) of memory, but \(Self.size(needed)) are needed: "
            + "\(Self.size(resident)) of weights that stay, \(Self.size(experts)) of experts and \(Self.size(keys)) of keys "
            + "and values; a smaller capacity, narrower widths or fewer resident bits would help"
    }

    /// In megabytes or gigabytes with two decimals.
    private static func size(_ bytes: Int) -> String {
        bytes >= 1_000_000_000 ? "\(fixed(Double(bytes) / 1e9, 2)) GB" : "\(fixed(Double(bytes) / 1e6, 2)) MB"
    }
}

extension OffloadRun {
    /// Why the machine cannot do this, as far as that is known before: the least that must be in memory does not fit.
    public var obstacle: String? {
        guard let machine else { return nil }
        let all = expertSizes.reduce(0, +)
        let cached: Int =
            switch cache.capacity {
            case .experts(let count): min(all, count > model.routes.blocks ? all : count * (expertSizes.min() ?? 0))
            case .bytes(let bytes): min(all, bytes)
            }
        return fit(experts: isResident ? all : cached, machine).obstacle
    }

    func fit(experts: Int, _ machine: OffloadMachine) -> OffloadFit {
        return OffloadFit(
            machine: machine.name, capacity: Int(machine.memory.capacity.count),
            resident: Int((Double(model.residentParameters) * residentBits / 8).rounded(.up)), experts: experts,
            keys: events.keptTokens * model.shape.layers * model.shape.cacheElementsPerTokenAndLayer * 2)
    }
}

extension OffloadResult {
    private var fit: OffloadFit? {
        run.machine.map { run.fit(experts: run.isResident ? run.expertSizes.reduce(0, +) : totals.peakExpertBytes, $0) }
    }

    /// Bytes in the working memory at most: the weights that stay, the experts, the caches of keys and values; 0 without
    /// a machine.
    public var peakMemoryBytes: Int { fit?.needed ?? 0 }

    /// Why the machine could not have done this: what was in memory at the fullest moment does not fit.
    public var obstacle: String? { fit?.obstacle }
}
