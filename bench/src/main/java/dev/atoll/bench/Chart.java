package dev.atoll.bench;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Draws comparisons as bars, SVG 1.1: Atoll's median as a share of its peer's, whose bar has always
 * the same length.
 */
final class Chart {
  private static final int WIDTH = 860;
  private static final int LABELS = 400;
  private static final int PEER = 300;
  private static final int ROW = 34;
  private static final int BAR = 12;
  private static final double LONGEST = 1.4;
  private static final String OURS = "#0b7285";
  private static final String THEIRS = "#adb5bd";

  private Chart() {}

  /** Writes the chart; comparisons without a peer are left out. */
  static void draw(List<Comparison> comparisons, Path file) throws IOException {
    List<Comparison> drawn = comparisons.stream().filter(one -> one.peer().isPresent()).toList();
    try (Writer writer = Files.newBufferedWriter(file)) {
      XMLStreamWriter svg = XMLOutputFactory.newFactory().createXMLStreamWriter(writer);
      svg.writeStartDocument();
      svg.writeStartElement("svg");
      svg.writeDefaultNamespace("http://www.w3.org/2000/svg");
      svg.writeAttribute("width", Integer.toString(WIDTH));
      svg.writeAttribute("height", Integer.toString(ROW * (drawn.size() + 1)));
      svg.writeAttribute("font-family", "sans-serif");
      svg.writeAttribute("font-size", "12");
      bar(svg, 0, 0, WIDTH, ROW * (drawn.size() + 1), "white");
      bar(svg, LABELS, 10, 24, BAR, OURS);
      text(svg, LABELS + 30, 20, "start", "Atoll");
      bar(svg, LABELS + 90, 10, 24, BAR, THEIRS);
      text(svg, LABELS + 120, 20, "start", "what it is compared with");
      for (int i = 0; i < drawn.size(); i++) {
        row(svg, ROW * (i + 1), drawn.get(i));
      }
      svg.writeEndElement();
      svg.writeEndDocument();
      svg.close();
    } catch (XMLStreamException failure) {
      throw new IOException(failure);
    }
  }

  private static void row(XMLStreamWriter svg, int top, Comparison comparison)
      throws XMLStreamException {
    double ours = comparison.atoll().median();
    double theirs = comparison.peer().orElseThrow().median();
    boolean time = comparison.atoll().unit().equals("ms");
    text(
        svg,
        LABELS - 10,
        top + 16,
        "end",
        comparison.what() + (time ? " (less is better)" : " (more is better)"));
    int length = (int) Math.round(PEER * Math.min(LONGEST, ours / theirs));
    bar(svg, LABELS, top, length, BAR, OURS);
    text(svg, LABELS + length + 6, top + 10, "start", number(ours, comparison));
    bar(svg, LABELS, top + BAR + 2, PEER, BAR, THEIRS);
    text(svg, LABELS + PEER + 6, top + BAR + 12, "start", number(theirs, comparison));
  }

  private static String number(double value, Comparison comparison) {
    return String.format(
        Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, comparison.atoll().unit());
  }

  private static void bar(
      XMLStreamWriter svg, int left, int top, int width, int height, String colour)
      throws XMLStreamException {
    svg.writeEmptyElement("rect");
    svg.writeAttribute("x", Integer.toString(left));
    svg.writeAttribute("y", Integer.toString(top));
    svg.writeAttribute("width", Integer.toString(width));
    svg.writeAttribute("height", Integer.toString(height));
    svg.writeAttribute("fill", colour);
  }

  private static void text(XMLStreamWriter svg, int x, int y, String anchor, String text)
      throws XMLStreamException {
    svg.writeStartElement("text");
    svg.writeAttribute("x", Integer.toString(x));
    svg.writeAttribute("y", Integer.toString(y));
    svg.writeAttribute("text-anchor", anchor);
    svg.writeCharacters(text);
    svg.writeEndElement();
  }
}
