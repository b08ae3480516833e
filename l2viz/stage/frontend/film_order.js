// What a film of a chart is: its pictures at each epoch, or at each strength, with axes that stay.

import { figureSvg, roomFor } from "./figure.js";
import { filmPlan, filmSize } from "./film_plan.js";

/** @import { FilmOrder } from "./film_maker.js" */
/** @import { PictureStyle } from "./figure.js" */
/** @import { LoadedChart, OpeningHeader, Plotly, Position } from "./types" */

/** The axis that a film runs over. */
/** @typedef {"epochs" | "strengths"} FilmAxis */

/**
 * last: position of the last epoch that is there; styleAt: how the picture at a position looks.
 *
 * @typedef {object} Filmed
 * @property {OpeningHeader} header
 * @property {Position} position
 * @property {LoadedChart} chart
 * @property {number} last
 * @property {(position: Position) => PictureStyle} styleAt
 */

/**
 * Return how many places a film over an axis has.
 *
 * @param {FilmAxis} over
 * @param {OpeningHeader} header
 * @param {number} last position of the last epoch that is there
 */
export function placesOver(over, header, last) {
  return over === "epochs" ? last + 1 : header.strengths.length;
}

/**
 * Return the position at a place of a film; the other axis stays where the viewer is.
 *
 * @param {FilmAxis} over
 * @param {Position} position
 * @param {number} place
 * @returns {Position}
 */
export function positionAt(over, position, place) {
  return { ...position, [over === "epochs" ? "epoch" : "strength"]: place };
}

/**
 * @param {Plotly} plotly
 * @param {Filmed} filmed
 * @param {FilmAxis} over
 * @param {number} seconds
 * @param {string} file
 * @returns {FilmOrder}
 */
export function filmOrder(plotly, filmed, over, seconds, file) {
  const { header, position, last, styleAt } = filmed;
  const chart = { ...filmed.chart, layout: structuredClone(filmed.chart.layout) }; // a run may grow
  const plan = filmPlan(placesOver(over, header, last), seconds);
  /** @param {number} place */
  const styled = (place) => {
    const at = positionAt(over, position, place);
    const style = styleAt(at);
    // A film has a ground: players show what is transparent as black.
    return { at, style: { ...style, ground: style.ground || style.colours["@ground"] } };
  };
  const room = roomFor(chart, plan.places.map(styled), header);
  return {
    title: `${chart.heading}, film over ${over}`,
    plan,
    size: filmSize(styled(0).style),
    file,
    draw: (place) => {
      const { at, style } = styled(place);
      return figureSvg(plotly, [chart], at, header, { ...style, room });
    },
  };
}
