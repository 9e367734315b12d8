namespace SimServe.GpuBackend.Training.Quality;

/// <summary>How edits came out; shares from 0 to 1.</summary>
/// <param name="Edits">Edits judged.</param>
/// <param name="MaskRatio">Mean share of the picture that was edited.</param>
/// <param name="Inside">Share with an object of the prompt's shape and colour whose centre lies in the mask.</param>
/// <param name="Outside">Share with every other object of the scene still seen where it was.</param>
/// <param name="Kept">Whether all pixels outside the mask are the input's, bit for bit.</param>
public sealed record EditScore(int Edits, double MaskRatio, double Inside, double Outside, bool Kept);
