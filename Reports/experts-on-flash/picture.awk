# Draws points.csv of this folder as an SVG: tokens per second against the memory given to experts, a panel for each
# device, a line for each cache policy.   awk -f picture.awk points.csv > picture.svg
BEGIN {
    FS = ","
    split("lru lfu edgemoe fate hobbit belady", policies, " ")
    split("#1b6ca8 #c8553d #3a7d44 #8e5ea2 #b8860b #444444", colours, " ")
    for (i = 1; i in policies; i++) colour[policies[i]] = colours[i]
}
NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
{
    device = $column["machine_file"]; policy = $column["options.cache"]; rate = $column["tokens_per_s"]
    split($column["options.capacity"], size, " ")
    room = size[2] == "MB" ? size[1] / 1000 : size[1]
    if (!(device in panel)) { panel[device] = panels++; name[panels - 1] = device }
    if (rate == "") next
    key = device SUBSEP policy
    line[key] = line[key] " " room ":" rate
    if (rate > top[device]) top[device] = rate
    if (room > right) right = room
}
function nice(value,    step) {
    step = 1
    while (value / step > 8) step *= 2
    while (value / step < 3) step /= 2
    return step
}
END {
    width = 250; height = 200; left = 50; gap = 60; head = 40
    total = left + panels * (width + gap)
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">\n", total, height + head + 75
    printf "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
    for (p = 0; p < panels; p++) {
        device = name[p]; x0 = left + p * (width + gap); y0 = head + height
        printf "<text x=\"%d\" y=\"24\" font-size=\"13\" font-weight=\"bold\">%s</text>\n", x0, device
        step = nice(top[device]); high = step * (int(top[device] / step) + 1)
        for (v = 0; v <= high + step / 2; v += step) {
            y = y0 - v / high * height
            printf "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#dddddd\"/>\n", x0, y, x0 + width, y
            printf "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%g</text>\n", x0 - 6, y + 4, v
        }
        for (g = 0; g <= right; g += 2)
            printf "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%g</text>\n", x0 + g / right * width, y0 + 16, g
        printf "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">memory for experts, GB</text>\n", x0 + width / 2, y0 + 34
        for (i = 1; i in policies; i++) {
            count = split(line[device SUBSEP policies[i]], points, " "); path = ""
            for (k = 1; k <= count; k++) {
                split(points[k], pair, ":")
                path = path sprintf("%.1f,%.1f ", x0 + pair[1] / right * width, y0 - pair[2] / high * height)
            }
            printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"%s/>\n", path, colour[policies[i]], policies[i] == "belady" ? " stroke-dasharray=\"5 3\"" : ""
        }
    }
    printf "<text transform=\"translate(14 %d) rotate(-90)\" text-anchor=\"middle\">tokens per second</text>\n", head + height / 2
    for (i = 1; i in policies; i++) {
        x = left + (i - 1) * 90; y = head + height + 60
        printf "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"2.5\"/>\n", x, y - 4, x + 20, y - 4, colour[policies[i]]
        printf "<text x=\"%d\" y=\"%d\">%s</text>\n", x + 25, y, policies[i]
    }
    print "</svg>"
}
