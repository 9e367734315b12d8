namespace SimServe.GpuBackend.Training.Quality;

/// <summary>What add-ons of a model do; shares from 0 to 1.</summary>
/// <param name="Pictures">Pictures of each kind.</param>
/// <param name="PlacedWithoutEdges">Share of the scenes' objects that are where the scene has them, of their shape, by the caption alone.</param>
/// <param name="PlacedWithEdges">The same when the ControlNet is shown the scene's edges.</param>
/// <param name="RightWithEdges">Share of those pictures with every object and relation of the caption right.</param>
/// <param name="Styles">How near pictures with a style adapter come to painted ones.</param>
public sealed record AddOnScore(int Pictures, double PlacedWithoutEdges, double PlacedWithEdges, double RightWithEdges, IReadOnlyList<StyleScore> Styles);
