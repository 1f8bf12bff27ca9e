//! Lines on two logarithmic axes, as SVG that is read on white and on black.

use std::fmt::Write;

use crate::table::thousands;

#[derive(Default)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    /// Each coordinate is above 0.
    pub(crate) points: Vec<(f64, f64)>,
}

pub(crate) struct Plot<'a> {
    pub(crate) across: &'a str,
    pub(crate) up: &'a str,
    pub(crate) series: Vec<Series>,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 80.0;
const TOP: f64 = 34.0;
/// Where the lines end; their names stand to the right.
const RIGHT: f64 = 560.0;
const BOTTOM: f64 = 390.0;
/// Between the names of two lines.
const LINE: f64 = 15.0;

/// Of a middle lightness, so that each stands out from white and from black.
const COLOURS: [&str; 9] =
    ["#8a8f98", "#d9480f", "#2f9e44", "#0c8599", "#9c36b5", "#1c7ed6", "#748ffc", "#b08900", "#e64980"];

const STYLE: &str = "text { font: 12px sans-serif; fill: #57606a }
.grid { stroke: #88888855 }
polyline { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #9aa4af } }";

/// Powers of ten, the ends of what is shown.
struct Axis {
    from: f64,
    to: f64,
    start: f64,
    end: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64> + Clone, start: f64, end: f64) -> Self {
        let from = values.clone().fold(f64::INFINITY, f64::min).log10().floor();
        let to = values.fold(0.0, f64::max).log10().ceil().max(from + 1.0);
        Self { from, to, start, end }
    }

    fn place(&self, value: f64) -> f64 {
        self.start + (value.log10() - self.from) / (self.to - self.from) * (self.end - self.start)
    }

    fn decades(&self) -> impl Iterator<Item = f64> {
        (self.from as i32..=self.to as i32).map(|power| 10_f64.powi(power))
    }
}

impl Plot<'_> {
    pub(crate) fn svg(&self) -> String {
        let points = self.series.iter().flat_map(|series| series.points.iter().copied());
        let across = Axis::over(points.clone().map(|(x, _)| x), LEFT, RIGHT);
        let up = Axis::over(points.map(|(_, y)| y), BOTTOM, TOP);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\">\n\
             <title>{}, against {}</title>\n<style>\n{STYLE}\n</style>\n",
            self.up, self.across
        );
        grid(&mut svg, &across, &up);
        text(&mut svg, LEFT, TOP - 16.0, "start", "", self.up);
        text(&mut svg, (LEFT + RIGHT) / 2.0, BOTTOM + 38.0, "middle", "", self.across);

        let mut labels = Vec::new();
        for (series, colour) in self.series.iter().zip(COLOURS) {
            let places: Vec<_> = series.points.iter().map(|&(x, y)| (across.place(x), up.place(y))).collect();
            // An engine that was in one world only has no line.
            let [_, .., last] = places[..] else { continue };
            let line: Vec<_> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
            writeln!(svg, "<polyline stroke=\"{colour}\" points=\"{}\"/>", line.join(" ")).expect("text");
            writeln!(svg, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{colour}\"/>", last.0, last.1)
                .expect("text");
            labels.push((last.1, series.name, colour));
        }
        for (y, name, colour) in apart(labels) {
            text(&mut svg, RIGHT + 12.0, y + 4.0, "start", &format!(" style=\"fill: {colour}\""), name);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn grid(svg: &mut String, across: &Axis, up: &Axis) {
    for value in across.decades() {
        let x = across.place(value);
        writeln!(svg, "<path class=\"grid\" d=\"M{x:.1} {TOP}V{BOTTOM}\"/>").expect("text");
        text(svg, x, BOTTOM + 18.0, "middle", "", &thousands(value));
    }
    for value in up.decades() {
        let y = up.place(value);
        writeln!(svg, "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>").expect("text");
        text(svg, LEFT - 8.0, y + 4.0, "end", "", &thousands(value));
    }
}

fn text(svg: &mut String, x: f64, y: f64, anchor: &str, style: &str, text: &str) {
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\"{style}>{text}</text>").expect("text");
}

/// The names from the top down, moved until none lies on another and all are above the bottom.
fn apart<T>(mut labels: Vec<(f64, T, &str)>) -> Vec<(f64, T, &str)> {
    labels.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut least = f64::NEG_INFINITY;
    for (y, ..) in &mut labels {
        *y = y.max(least);
        least = *y + LINE;
    }
    let mut most = BOTTOM;
    for (y, ..) in labels.iter_mut().rev() {
        *y = y.min(most);
        most = *y - LINE;
    }
    labels
}
