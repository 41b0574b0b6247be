import SimCore

/// What a topology file describes.
public enum TopologyInput: String, CaseIterable, Sendable {
    /// `Layer, M, N, K`.
    case gemm
    /// `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides`.
    case conv
}

/// One layer: a matrix product, done some number of times.
public struct TopologyLayer: Hashable, Sendable {
    public let name: String
    /// The dense product of one repetition.
    public let gemm: GEMMShape
    /// The N:M column, when the row has one.
    public let sparsity: StructuredSparsity?
    /// Independent products of this shape: attention heads, experts, layers, channels of a depthwise convolution.
    public let repetitions: Int
    /// The convolution that was unrolled into `gemm`, if it was one.
    public let convolution: ConvolutionShape?
    /// Where it stands in its file; 0 for a layer that was not read.
    public let line: Int

    public init(
        name: String, gemm: GEMMShape, sparsity: StructuredSparsity? = nil, repetitions: Int = 1,
        convolution: ConvolutionShape? = nil, line: Int = 0
    ) {
        precondition(repetitions > 0, "a layer is done at least once")
        self.name = name
        self.gemm = gemm
        self.sparsity = sparsity
        self.repetitions = repetitions
        self.convolution = convolution
        self.line = line
    }

    /// The same layer with other sparsity.
    public func with(_ sparsity: StructuredSparsity?) -> TopologyLayer {
        TopologyLayer(
            name: name, gemm: gemm, sparsity: sparsity, repetitions: repetitions, convolution: convolution, line: line)
    }
}

/// A convolution as SCALE-Sim's table describes it: no padding, no dilation, sizes in elements.
public struct ConvolutionShape: Hashable, Sendable {
    public let inputHeight: Int
    public let inputWidth: Int
    public let filterHeight: Int
    public let filterWidth: Int
    public let channels: Int
    public let filters: Int
    public let strideHeight: Int
    public let strideWidth: Int
    public let batch: Int
    /// Each channel on its own: SCALE-Sim's rule is a layer name that contains `DP`.
    public let isDepthwise: Bool

    public var outputHeight: Int { ceilingDivision(inputHeight - filterHeight + strideHeight, strideHeight) }
    public var outputWidth: Int { ceilingDivision(inputWidth - filterWidth + strideWidth, strideWidth) }

    /// Channels summed over by one product.
    public var innerChannels: Int { isDepthwise ? 1 : channels }

    /// Sizes of the product after im2col: a row per output pixel (of all images), a column per filter, an inner element
    /// per filter weight. Source: SCALE-Sim v3.0.0 `topology_utils.py`, which also rounds a last partial window up.
    public var unrolled: (m: Int, n: Int, k: Int) {
        (outputHeight * outputWidth * batch, filters, filterHeight * filterWidth * innerChannels)
    }

    /// Input words that any window touches: fewer than the unrolled `m * k`, because windows overlap.
    public var touchedInputWords: Int {
        func touched(_ size: Int, _ filter: Int, _ stride: Int, _ outputs: Int) -> Int {
            if stride <= filter { return min(size, (outputs - 1) * stride + filter) }
            return (outputs - 1) * filter + min(filter, size - (outputs - 1) * stride)
        }
        return touched(inputHeight, filterHeight, strideHeight, outputHeight)
            * touched(inputWidth, filterWidth, strideWidth, outputWidth) * innerChannels * batch
    }
}

/// The layers of a file and what is to be said about how it was read.
public struct Topology: Hashable, Sendable {
    public let layers: [TopologyLayer]
    public let warnings: [TableMistake]

    public init(layers: [TopologyLayer], warnings: [TableMistake] = []) {
        self.layers = layers
        self.warnings = warnings
    }
}
