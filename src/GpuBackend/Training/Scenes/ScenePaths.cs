using SkiaSharp;

namespace SimServe.GpuBackend.Training.Scenes;

/// <summary>Outlines of objects.</summary>
internal static class ScenePaths
{
    private const int StarPoints = 5;
    private const float StarInner = 0.42f;
    private const float CrossBar = 0.36f;

    public static SKPath Of(SceneObject item)
    {
        var path = new SKPath();
        var (x, y, r) = (item.X, item.Y, item.Radius);
        switch (item.Shape)
        {
            case SceneShape.Circle:
                path.AddCircle(x, y, r);
                break;
            case SceneShape.Square:
                path.AddRect(new SKRect(x - (0.88f * r), y - (0.88f * r), x + (0.88f * r), y + (0.88f * r)));
                break;
            case SceneShape.Triangle:
                path.AddPoly([new(x, y - r), new(x + r, y + (0.85f * r)), new(x - r, y + (0.85f * r))]);
                break;
            case SceneShape.Star:
                path.AddPoly(Star(x, y, r));
                break;
            case SceneShape.Diamond:
                path.AddPoly([new(x, y - r), new(x + r, y), new(x, y + r), new(x - r, y)]);
                break;
            case SceneShape.Cross:
                path.AddPoly(Cross(x, y, r, CrossBar * r));
                break;
            default:
                path.Dispose();
                throw new ArgumentOutOfRangeException(nameof(item), item.Shape, "Nobody knows how to draw it.");
        }

        return path;
    }

    private static SKPoint[] Star(float x, float y, float radius) => [.. Enumerable.Range(0, 2 * StarPoints).Select(corner =>
    {
        var (angle, reach) = ((Math.PI * corner / StarPoints) - (Math.PI / 2), corner % 2 == 0 ? radius : StarInner * radius);
        return new SKPoint(x + (reach * (float)Math.Cos(angle)), y + (reach * (float)Math.Sin(angle)));
    })];

    private static SKPoint[] Cross(float x, float y, float r, float b) =>
    [
        new(x - b, y - r), new(x + b, y - r), new(x + b, y - b), new(x + r, y - b), new(x + r, y + b), new(x + b, y + b),
        new(x + b, y + r), new(x - b, y + r), new(x - b, y + b), new(x - r, y + b), new(x - r, y - b), new(x - b, y - b),
    ];
}
