import Foundation
import Quantities
import Workload
import YAMLTree

/// One configuration of a published system, as far as it is known.
struct StudyCase {
    var model: String
    var machine: String
    var isResident: Bool
    var residentBits: Double
    var expertBits: Double
    /// Share of the experts, the least used ones, at `lowBits`.
    var lowShare: Double
    var lowBits: Double
    var cache: CacheSpecification
    var prefetch: PrefetchPolicy
    var staging: Int?
    var layerLatency: Picoseconds?
    var overhead: Picoseconds?
    var storageEfficiency: Double?
    /// The synthetic routes of the case, before they are varied.
    var routes: SyntheticRoutes

    /// What is varied from the stated assumptions.
    enum Variation: CaseIterable {
        case none, slowerStorage, fasterStorage, scatteredRoutes, localRoutes
    }

    /// Seconds for a token.
    func timePerToken(
        models: ModelLibrary, machines: [String], _ variation: Variation
    ) throws(DiagnosticList) -> Double {
        let model = try ExpertModel(try models.model(self.model))
        let paths = machines.map { "\($0)/\(self.machine).yaml" }
        guard let path = paths.first(where: { FileManager.default.fileExists(atPath: $0) }) ?? paths.first else {
            throw DiagnosticList(Diagnostic("there are no machine files", at: Mark(file: "HardwareConfigs/edge")))
        }
        var machine = try OffloadMachine.load(path: path)
        if let layerLatency { machine.compute.layerLatency = layerLatency }
        if let overhead { machine.storage.overhead = overhead }
        if let storageEfficiency { machine.storage.efficiency = storageEfficiency }
        var routes = self.routes
        switch variation {
        case .none: break
        case .slowerStorage: machine.storage.efficiency *= 0.7
        case .fasterStorage: machine.storage.efficiency *= 1.3
        case .scatteredRoutes: routes = routes.varied(repeat: -0.28, follow: -0.2, skew: 0.25)
        case .localRoutes: routes = routes.varied(repeat: 0.12, follow: 0, skew: 0.75)
        }
        let events = ExpertEvents(routes.routes(model.routes))
        var training = routes
        // Other requests than those that are replayed, from the same tables.
        training.seed = routes.seed &+ 1000
        training.requests = 60
        var prefetch = PrefetchSpecification(
            self.prefetch, shape: model.routes,
            training: self.prefetch == .statistics ? ExpertEvents(training.routes(model.routes)) : nil)
        if let staging { prefetch.staging = staging }
        let widths: ExpertWidths =
            lowShare == 0
            ? .uniform(expertBits)
            : .ranked(
                sensitivity: events.popularity().map(Double.init), low: lowBits, high: expertBits,
                lowCount: Int(lowShare * Double(model.routes.blocks)))
        let run = OffloadRun(
            model: model, events: events, cache: cache, prefetch: prefetch, widths: widths,
            residentBits: residentBits, machine: machine, isResident: isResident)
        guard let time = run.result().timePerToken else { preconditionFailure("every synthetic token is decoded") }
        return time
    }

    static func decode(_ reader: Reader) -> StudyCase {
        let model = reader.key("model").string()
        let machine = reader.key("machine").string()
        let isResident = reader.ifPresent("resident")?.bool().value ?? false
        let residentBits = reader.key("resident_bits").double(in: 1...64)
        let expertBits = reader.key("expert_bits").double(in: 1...64)
        let low = reader.ifPresent("low")?.mapping()
        let lowShare = low?.key("share").double(in: 0...1).value ?? 0
        let lowBits = low?.key("bits").double(in: 1...64).value ?? expertBits.value
        let policy = reader.ifPresent("cache")?.choice(CachePolicy.self).value ?? .lru
        let scope = reader.ifPresent("scope")?.choice(CacheScope.self).value ?? .global
        let count = reader.ifPresent("capacity")?.int(in: 0...1_000_000).value
        let size = reader.ifPresent("capacity_size")?.size().value
        let prefetch = reader.ifPresent("prefetch")?.choice(PrefetchPolicy.self).value ?? .none
        let staging = reader.ifPresent("staging")?.int(in: 1...4096).value
        let latency = reader.ifPresent("layer_latency")?.time().value
        let overhead = reader.ifPresent("overhead")?.time().value
        let efficiency = reader.ifPresent("storage_efficiency")?.double(in: 0.001...1).value
        var routes = SyntheticRoutes()
        if let drawn = reader.ifPresent("routes")?.mapping() {
            routes.repeat = drawn.key("repeat").double(in: 0...1).value
            routes.follow = drawn.key("follow").double(in: 0...1).value
        }
        let capacity = size.map { CacheCapacity.bytes(Int($0.count)) } ?? .experts(count ?? 0)
        return StudyCase(
            model: model.value, machine: machine.value, isResident: isResident, residentBits: residentBits.value,
            expertBits: expertBits.value, lowShare: lowShare, lowBits: lowBits,
            cache: CacheSpecification(policy: policy, scope: scope, capacity: capacity), prefetch: prefetch,
            staging: staging, layerLatency: latency, overhead: overhead, storageEfficiency: efficiency, routes: routes)
    }
}
