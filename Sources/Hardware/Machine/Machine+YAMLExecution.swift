import Quantities
import YAMLTree

extension Execution {
    /// Decodes the section `execution`.
    static func decode(_ reader: Reader, pim: Element?, memory: Element) -> Execution {
        let attention = reader.key("attention").choice(AttentionUnit.self)
        if attention.isValid {
            switch (attention.value, pim) {
            case (.pim, nil):
                reader.report(
                    "'attention' is pim but there is no 'memory.pim' in 'memory', set at \(memory.keyMark)",
                    at: attention.mark, keyPath: attention.path)
            case (.npu, let pim?):
                reader.report(
                    "'attention' is npu but there are PIM units in 'memory.pim', set at \(pim.keyMark); "
                        + "leave them out or set them to null",
                    at: attention.mark, keyPath: attention.path)
            default: break
            }
        }
        let addresses = reader.key("addresses").choice(AddressSource.self)
        let weights = reader.ifPresent("weights")?.choice(WeightReuse.self)
        if let weights, weights.value == .keptForSubBatches, addresses.value == .linearStream {
            reader.report(
                "'weights' is kept-for-sub-batches, but with 'addresses' linear-stream, set at \(addresses.mark), no two "
                    + "reads are of the same weights", at: weights.mark, keyPath: weights.path)
        }
        return Execution(
            addresses: addresses.value,
            activations: reader.key("activations").choice(ActivationPlacement.self).value,
            order: reader.key("order").choice(OperatorOrder.self).value, attention: attention.value,
            weights: weights?.value ?? .readAgain)
    }
}

extension Link {
    /// Decodes the key `link`: `none`, or bandwidth, latency and algorithm.
    static func decode(_ element: Element) -> Link {
        guard element.isMapping else {
            _ = element.choice(of: ["none"])
            return Link(bytesPerSecond: nil, latencySeconds: 0, allReduce: .ring)
        }
        let reader = element.mapping()
        let bandwidth = reader.key("bandwidth").bandwidth()
        let latency = reader.key("latency").time(atMost: .microseconds(1_000_000))
        return Link(
            bytesPerSecond: Double(bandwidth.value.count),
            latencySeconds: latency.value.approximateNanoseconds / 1e9,
            allReduce: reader.key("all_reduce").choice(AllReduceAlgorithm.self).value)
    }
}

extension EnergyChoice {
    /// Decodes the section `energy`.
    static func decode(_ reader: Reader) -> EnergyChoice {
        EnergyChoice(
            memoryTable: reader.key("memory").choice(of: EnergyTable.memoryNames).value,
            logicTable: reader.key("logic").choice(of: EnergyTable.logicNames).value,
            staticWatts: reader.key("static").power().value.value / 1000)
    }
}
