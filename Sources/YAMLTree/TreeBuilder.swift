/// Turns parser events into one tree, expanding aliases and refusing what no input file needs.
struct TreeBuilder {
    private let file: String
    private let limits: YAMLLimits
    private var open: [Container] = []
    private var anchors: [String: Anchor] = [:]
    private var root: Node?
    private var documents = 0
    private var nodes = 0
    private var ended = false

    /// A list or mapping whose end has not come yet.
    private struct Container {
        let mark: Mark
        let isMapping: Bool
        let anchor: String?
        var items: [Node] = []
        var entries: [Node.Entry] = []
        var keys: [String: Mark] = [:]
        var key: (name: String, mark: Mark)?
        /// Nodes in the finished children, and the height of the tallest.
        var weight = 1
        var height = 1
    }

    /// An anchored node with the number of nodes in it and its height.
    private struct Anchor {
        let node: Node
        let weight: Int
        let height: Int
    }

    init(file: String, limits: YAMLLimits) {
        self.file = file
        self.limits = limits
    }

    /// Takes one event; false when the stream has ended.
    mutating func accept(_ next: (event: EventStream.Event, mark: Mark)) throws(DiagnosticList) -> Bool {
        let mark = next.mark
        switch next.event {
        case .documentStart:
            documents += 1
            if documents > 1 { throw error("a second document begins here; a file holds one", mark) }
        case .scalar(let text, let isPlain, let anchor, let tag):
            try refuse(tag, mark)
            try add(Anchor(node: .scalar(text: text, isPlain: isPlain, mark: mark), weight: 1, height: 0), anchor)
        case .listStart(let anchor, let tag):
            try refuse(tag, mark)
            try begin(Container(mark: mark, isMapping: false, anchor: anchor))
        case .mappingStart(let anchor, let tag):
            try refuse(tag, mark)
            try begin(Container(mark: mark, isMapping: true, anchor: anchor))
        case .end:
            let done = open.removeLast()
            let node: Node =
                done.isMapping ? .mapping(done.entries, mark: done.mark) : .list(done.items, mark: done.mark)
            try add(Anchor(node: node, weight: done.weight, height: done.height), done.anchor)
        case .alias(let name):
            try expand(name, mark)
        case .streamEnd:
            return false
        case .other:
            break
        }
        return true
    }

    /// The finished tree.
    func finish() throws(DiagnosticList) -> Node {
        guard let root else {
            throw DiagnosticList(Diagnostic("the file is empty", at: Mark(file: file)))
        }
        return root
    }

    private mutating func begin(_ container: Container) throws(DiagnosticList) {
        if let parent = open.last, parent.isMapping, parent.key == nil {
            throw error("a key must be a word, not \(container.isMapping ? "a mapping" : "a list")", container.mark)
        }
        open.append(container)
        if open.count > limits.depth { throw error("nested more than \(limits.depth) levels deep", container.mark) }
        try count(1, container.mark)
    }

    private mutating func expand(_ name: String, _ mark: Mark) throws(DiagnosticList) {
        guard let anchor = anchors[name] else {
            let suggestion = nearestName(to: name, in: anchors.keys.sorted())
            let message = "the alias '*\(name)' has no anchor '&\(name)' before it"
            throw DiagnosticList(Diagnostic(message, at: mark, suggestion: suggestion))
        }
        if open.count + anchor.height > limits.depth {
            throw error("nested more than \(limits.depth) levels deep by the alias '*\(name)'", mark)
        }
        try count(anchor.weight, mark)
        try place(anchor, mark)
    }

    /// Counts and places a scalar, or places a container that was counted when it began.
    private mutating func add(_ item: Anchor, _ name: String?) throws(DiagnosticList) {
        if item.height == 0 { try count(1, item.node.mark) }
        if let name { anchors[name] = item }
        try place(item, item.node.mark)
    }

    /// Puts a finished node into the container that is open, as key, value or item.
    private mutating func place(_ item: Anchor, _ mark: Mark) throws(DiagnosticList) {
        guard !open.isEmpty else {
            root = item.node
            return
        }
        let last = open.count - 1
        open[last].weight += item.weight
        open[last].height = max(open[last].height, item.height + 1)
        guard open[last].isMapping else {
            open[last].items.append(item.node)
            return
        }
        if let key = open[last].key {
            open[last].entries.append(Node.Entry(key: key.name, keyMark: key.mark, value: item.node))
            open[last].key = nil
            return
        }
        guard case .scalar(let name, let isPlain, _) = item.node else {
            throw error("a key must be a word, not \(item.node.phrase)", mark)
        }
        if isPlain, name == "<<" { throw error("merge keys ('<<') are not supported; repeat the keys", mark) }
        if let first = open[last].keys[name] {
            throw error("duplicate key '\(name)', first set at \(first)", mark)
        }
        open[last].keys[name] = mark
        open[last].key = (name, mark)
    }

    private mutating func count(_ added: Int, _ mark: Mark) throws(DiagnosticList) {
        nodes += added
        if nodes > limits.nodes {
            throw error("more than \(limits.nodes) values, aliases expanded", mark)
        }
    }

    private func refuse(_ tag: String?, _ mark: Mark) throws(DiagnosticList) {
        if let tag { throw error("tags are not supported: '\(tag)'", mark) }
    }

    private func error(_ message: String, _ mark: Mark) -> DiagnosticList {
        DiagnosticList(Diagnostic(message, at: mark))
    }
}
