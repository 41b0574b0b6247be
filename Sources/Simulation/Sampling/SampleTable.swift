import Foundation

/// Measured values of a function of several features, and estimates between them.
///
/// Gaussian-process regression (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, chapter 2): the
/// function is a constant and slopes of which little is known beforehand, and a rest of which it is known that it changes
/// little where the features do (Matérn, 3/2). An estimate is a weighted sum of the measured values, and the spread that
/// goes with it tells whether the caller should measure instead. How large the rest is, and how far measurements scatter,
/// the values themselves tell: the most likely of a few sizes of both.
struct SampleTable {
    /// Weights of points, by their positions.
    typealias Weights = [(point: Int, weight: Double)]

    private var places: [[Double]] = []
    private(set) var values: [Double] = []
    /// Cholesky factor of the covariances of the measured values, row by row, and the size of the rest.
    private var factor: [[Double]] = []
    private var rest = 0.0

    /// The unit of the values.
    let unit: Double
    /// The spread up to which an estimate is good enough, of the estimate or, if that is less, of the unit.
    static let tolerance = 0.005
    /// Standard deviations, in units, of the constant and of the slopes before anything was measured.
    private let constant: Double
    private let slope: Double
    /// The change of a feature, in units, over which the rest changes.
    private static let length = 0.3
    /// Sizes of the rest that are tried, in units.
    private static let sizes = [0.003, 0.006, 0.012, 0.025, 0.05, 0.1]
    /// Measurements of the same step scatter by as much, in units: refreshes fall otherwise. Those that are tried.
    private static let scatters = [0.001, 0.002, 0.004, 0.008, 0.016]

    init(unit: Double, constant: Double = 3, slope: Double = 1.5) {
        self.unit = unit
        self.constant = constant
        self.slope = slope
    }

    mutating func add(_ features: [Double], value: Double) {
        places.append(features)
        values.append(value)
        var best = -Double.infinity
        for size in Self.sizes {
            for scatter in Self.scatters {
                guard let candidate = cholesky(size, scatter) else { continue }
                let likelihood = logLikelihood(candidate)
                if likelihood > best { (best, factor, rest) = (likelihood, candidate, size) }
            }
        }
    }

    /// - Returns: nil where a measurement is needed.
    func weights(at features: [Double]) -> Weights? {
        guard values.count > 1 else { return nil }
        let covariances = places.map { covariance($0, features, rest) }
        let half = forward(factor, covariances)
        let variance = covariance(features, features, rest) - half.reduce(0) { $0 + $1 * $1 }
        let weights = backward(factor, half)
        let estimate = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 } / unit
        let allowed = Self.tolerance * max(1, estimate)
        guard variance <= allowed * allowed else { return nil }
        return weights.enumerated().map { ($0, $1) }
    }

    /// - Returns: nil where a measurement is needed.
    func estimate(at features: [Double]) -> Double? {
        weights(at: features).map { $0.reduce(0) { $0 + $1.weight * values[$1.point] } }
    }

    private func covariance(_ one: [Double], _ other: [Double], _ rest: Double) -> Double {
        var (product, square) = (0.0, 0.0)
        for (a, b) in zip(one, other) {
            product += a * b
            square += (a - b) * (a - b)
        }
        let distance = 3.0.squareRoot() * square.squareRoot() / Self.length
        return constant * constant + slope * slope * product + rest * rest * (1 + distance) * exp(-distance)
    }

    private func cholesky(_ rest: Double, _ scatter: Double) -> [[Double]]? {
        var rows: [[Double]] = []
        for i in places.indices {
            var row = [Double](repeating: 0, count: i + 1)
            for j in 0...i {
                var sum = covariance(places[i], places[j], rest)
                if i == j { sum += scatter * scatter }
                let other = i == j ? row : rows[j]
                for k in 0..<j { sum -= row[k] * other[k] }
                if i == j {
                    guard sum > 0 else { return nil }
                    row[i] = sum.squareRoot()
                } else {
                    row[j] = sum / rows[j][j]
                }
            }
            rows.append(row)
        }
        return rows
    }

    private func logLikelihood(_ factor: [[Double]]) -> Double {
        let half = forward(factor, values.map { $0 / unit })
        return factor.indices.reduce(0.0) { $0 - half[$1] * half[$1] / 2 - log(factor[$1][$1]) }
    }

    private func forward(_ factor: [[Double]], _ right: [Double]) -> [Double] {
        var solution = right
        for i in factor.indices {
            for j in 0..<i { solution[i] -= factor[i][j] * solution[j] }
            solution[i] /= factor[i][i]
        }
        return solution
    }

    private func backward(_ factor: [[Double]], _ right: [Double]) -> [Double] {
        var solution = right
        for i in factor.indices.reversed() {
            solution[i] /= factor[i][i]
            for j in 0..<i { solution[j] -= factor[i][j] * solution[i] }
        }
        return solution
    }
}
