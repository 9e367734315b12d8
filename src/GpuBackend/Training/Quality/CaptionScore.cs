namespace SimServe.GpuBackend.Training.Quality;

/// <summary>How far pictures show what their captions say; shares from 0 to 1.</summary>
/// <param name="Pictures">Pictures judged.</param>
/// <param name="Right">Share with every object of the right shape and colour, and every relation as told.</param>
/// <param name="Objects">Share of the captions' objects that are there with the right shape and colour.</param>
/// <param name="Relations">Share of the captions' relations that hold.</param>
/// <param name="Clean">Share of pictures in which nothing is seen that the caption does not tell.</param>
public sealed record CaptionScore(int Pictures, double Right, double Objects, double Relations, double Clean);
