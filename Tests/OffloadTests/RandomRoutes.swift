import Offload
import Workload

/// Routes in which some experts are liked more than others and a token often repeats experts of the one before.
func randomRoutes(
    _ random: inout RandomNumbers, shape: RouteShape, tokens: Int, requests: Int = 3, withWeights: Bool = false
) -> Routes {
    var routes = Routes(shape: shape)
    var last = [[Int]](repeating: [], count: shape.layers)
    for token in 0..<tokens {
        var experts: [UInt16] = []
        var weights: [Float] = []
        for layer in 0..<shape.layers {
            var chosen: [Int] = []
            while chosen.count < shape.topK {
                let stays = !last[layer].isEmpty && random.nextUnit() < 0.4
                let skewed = Int(random.nextUnit() * random.nextUnit() * Double(shape.experts))
                let expert = stays ? last[layer][random.nextIndex(below: shape.topK)] : skewed
                if !chosen.contains(expert) { chosen.append(expert) }
            }
            last[layer] = chosen
            experts += chosen.map(UInt16.init)
            weights += chosen.map { _ in Float(random.nextUnit()) }
        }
        let request = token * requests / tokens
        routes.append(
            Routes.Token(request: request, position: token), experts: experts, weights: withWeights ? weights : [])
    }
    return routes
}

/// A small random shape.
func randomShape(_ random: inout RandomNumbers) -> RouteShape {
    let experts = 2 + random.nextIndex(below: 12)
    return RouteShape(
        layers: 1 + random.nextIndex(below: 6), experts: experts, topK: 1 + random.nextIndex(below: min(experts, 4)))
}
