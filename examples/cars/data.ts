// The cars data of vega-datasets as numbers: rows with a missing value are left out, the order is shuffled once.
import { shuffled, table } from "../support/data.ts";

interface Car {
  readonly Name: string;
  readonly Miles_per_Gallon: number | null;
  readonly Cylinders: number;
  readonly Displacement: number;
  readonly Horsepower: number | null;
  readonly Weight_in_lbs: number;
  readonly Acceleration: number;
  readonly Year: string;
  readonly Origin: string;
}

export interface Row {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export function cars(): readonly Row[] {
  const rows = table<Car>("cars.json").flatMap((car): Row[] => {
    if (car.Miles_per_Gallon === null || car.Horsepower === null) return [];
    const year = Number(car.Year.slice(0, 4)) - 1900;
    const place = [Number(car.Origin === "Europe"), Number(car.Origin === "Japan")];
    const x = [car.Cylinders, car.Displacement, car.Horsepower, car.Weight_in_lbs, car.Acceleration, year, ...place];
    return [{ name: car.Name, x, y: [car.Miles_per_Gallon] }];
  });
  return shuffled(rows, 1);
}
